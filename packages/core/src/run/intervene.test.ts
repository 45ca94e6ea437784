import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type FromOutside, portrait, rebuild, type SimulationOptions, simulate } from '../../testing/simulate.ts';
import type { Plan } from '../definition/plan.ts';
import type { Deed } from './contract.ts';

const slow = { output: 'late', after: 100 };

/** The deed at virtual millisecond 50; the journal alone has to give the same state. */
function intervened(plan: Plan, deed: Deed, more: SimulationOptions = {}) {
  const then: { at: number; input: FromOutside }[] = [{ at: 50, input: { intervene: deed } }];
  const run = simulate(plan, { answer: () => slow, then, ...more });
  expect(portrait(plan, rebuild(plan, run.events))).toEqual(portrait(plan, run.state));
  return run;
}

describe('an intervention', () => {
  const plan = planOf([doAct('a'), say('b', '${ steps.a.output }', after('a')), say('c', 1)]);

  it('skips a step that runs, and those that depend on it alone', () => {
    const { end, events } = intervened(plan, { do: 'skip', path: 'a' });
    expect(end).toMatchObject({ status: 'COMPLETED', output: { b: null, c: 1 } });
    expect(events).toContainEqual(expect.objectContaining({ e: 'intervened', do: 'skip', s: 'a', by: 'x', why: 'y' }));
    expect(events.filter(({ e }) => e === 'skipped')).toHaveLength(2);
  });

  it('completes a step with the output that is given; what its try reports later is not heard', () => {
    const { end, events } = intervened(plan, { do: 'complete', path: 'a', output: 7 }, { deaf: true });
    expect(end).toMatchObject({ status: 'COMPLETED', output: { b: 7, c: 1 } });
    expect(events.filter((event) => event.e === 'succeeded' && event.s === 'a')).toHaveLength(1);
  });

  it('ends a wait for a signal, and the backoff of a step that retries', () => {
    const wait = planOf([{ id: 'w', type: 'wait', config: { signal: 'go' } }]);
    expect(intervened(wait, { do: 'complete', path: 'w', output: 1 }).end).toMatchObject({ output: { w: 1 } });
    const again = planOf([doAct('a', { retry: { max_retries: 1, backoff: 'fixed', initial: '1h' } })]);
    const down = { error: { code: 'network', message: 'down', retryable: true } };
    expect(intervened(again, { do: 'skip', path: 'a' }, { answer: () => down })).toMatchObject({
      end: { status: 'COMPLETED' },
      took: 50,
    });
  });

  it('reaches one item of a for_each; a block is ended with all that runs in it', () => {
    const each = planOf([{ id: 'each', type: 'for_each', config: { items: [0, 1], steps: [doAct('x')] } }]);
    expect(intervened(each, { do: 'complete', path: 'each.1.x', output: 'given' }).end).toMatchObject({
      output: { each: ['late', 'given'] },
    });
    expect(intervened(each, { do: 'complete', path: 'each', output: [] })).toMatchObject({
      end: { status: 'COMPLETED', output: { each: [] } },
      took: 50,
    });
  });

  it('sets variables for steps that begin later', () => {
    const reads = planOf([doAct('a'), say('b', '${ vars.n }', after('a'))], { variables: { n: 1 } });
    expect(intervened(reads, { do: 'set', values: { n: 5 } }).end).toMatchObject({ output: { b: 5 } });
  });

  it('leaves a step that has ended, or is not there, as it is', () => {
    for (const path of ['c', 'b', 'nothing']) {
      const { end, events } = intervened(plan, { do: 'skip', path });
      expect(end).toMatchObject({ output: { b: 'late', c: 1 } });
      expect(events.some(({ e }) => e === 'intervened')).toBe(false);
    }
  });

  it('while the execution is paused takes effect at once, and what follows begins when it goes on', () => {
    const then: { at: number; input: FromOutside }[] = [
      { at: 40, input: 'pause' },
      { at: 50, input: { intervene: { do: 'complete', path: 'a', output: 3 } } },
      { at: 90, input: 'resume' },
    ];
    expect(simulate(plan, { answer: () => slow, then })).toMatchObject({ end: { output: { b: 3 } }, took: 90 });
  });
});
