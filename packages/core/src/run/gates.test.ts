import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { contextOf, simulate } from '../../testing/simulate.ts';
import type { Json } from '../json.ts';
import { decide } from './decide.ts';
import { createState } from './state.ts';
import { stepRows } from './step-rows.ts';
import { waitReason } from './wait-reason.ts';

const around = (input: Json = {}) => ({
  context: contextOf(input),
  entropy: { uuid: () => 'uuid', random: () => 0.5, executionId: () => 'e' },
});
const limited = (more: { readonly [field: string]: Json } = {}) =>
  planOf([say('a', 1)], { concurrency: { limit: 1, key: 'input.customer', ...more } });
const locked = (id: string, scope: Json, more: { readonly [field: string]: Json } = {}) =>
  doAct(id, { lock: { key: "'one'", scope }, ...more });
const kinds = (events: readonly { readonly e: string }[]) => events.map(({ e }) => e);

describe('an execution under a concurrency limit', () => {
  it('asks for its place before anything begins, and waits PENDING', () => {
    const plan = limited();
    const state = createState(plan);
    const { events, effects } = decide(plan, state, { kind: 'start', at: 1 }, around({ customer: 'c1' }));
    expect(events).toEqual([{ e: 'asked', at: 1, k: '"c1"' }]);
    expect(effects).toEqual([{ kind: 'ask', gate: { of: 'concurrency', key: '"c1"' }, at: 1 }]);
    expect([state.status, waitReason(state)]).toEqual(['PENDING', 'concurrency']);
    // Read again by a new owner: it has asked already.
    expect(decide(plan, state, { kind: 'start', at: 2 }, around()).events).toEqual([]);
  });

  it('starts when its place is granted, once, and gives the place back with its end', () => {
    const plan = limited();
    const state = createState(plan);
    decide(plan, state, { kind: 'start', at: 1 }, around({ customer: 'c1' }));
    const { events, effects } = decide(plan, state, { kind: 'granted', at: 2 }, around());
    expect(kinds(events)).toEqual(['started', 'succeeded', 'ended']);
    expect(effects).toContainEqual({ kind: 'leave', gate: { of: 'concurrency', key: '"c1"' } });
    expect(decide(plan, state, { kind: 'granted', at: 3 }, around()).events).toEqual([]);
  });

  it.each(['concurrency_rejected', 'concurrency_skipped'] as const)(
    'ends CANCELLED with %s when it is turned away',
    (code) => {
      const plan = limited({ strategy: 'reject' });
      const state = createState(plan);
      decide(plan, state, { kind: 'start', at: 1 }, around({ customer: 'c1' }));
      decide(plan, state, { kind: 'turned_away', at: 2, code }, around());
      expect([state.status, state.error?.code]).toEqual(['CANCELLED', code]);
    },
  );

  it('ends FAILED when its key cannot be evaluated, and asks nobody', () => {
    const plan = limited();
    const state = createState(plan);
    const { effects } = decide(plan, state, { kind: 'start', at: 1 }, around({}));
    expect([state.status, state.error?.code]).toEqual(['FAILED', 'expression_error']);
    expect(effects.map(({ kind }) => kind)).toEqual(['end']);
  });

  it('gives up its place in the queue when it is cancelled while it waits, without last steps', () => {
    const plan = planOf([say('a', 1)], { concurrency: { limit: 1 }, on_cancel: [doAct('never')] });
    const state = createState(plan);
    decide(plan, state, { kind: 'start', at: 1 }, around());
    const { events, effects } = decide(plan, state, { kind: 'cancel', at: 2 }, around());
    expect(kinds(events)).toEqual(['cancel_requested', 'ended']);
    expect(effects.map(({ kind }) => kind)).toEqual(['end', 'leave']);
    expect(state.status).toBe('CANCELLED');
  });

  it('begins no step when its place is granted while it is paused, and all of them when it goes on', () => {
    const plan = planOf([doAct('a')], { concurrency: { limit: 1 } });
    const state = createState(plan);
    decide(plan, state, { kind: 'start', at: 1 }, around());
    decide(plan, state, { kind: 'pause', at: 2, scope: 'execution' }, around());
    expect(waitReason(state)).toBe('paused');
    expect(decide(plan, state, { kind: 'granted', at: 3 }, around()).effects).toEqual([]);
    const { effects } = decide(plan, state, { kind: 'resume', at: 4, scope: 'execution' }, around());
    expect(effects).toMatchObject([{ kind: 'attempt', path: 'a' }]);
  });

  it('waits on when it is resumed before its place is granted', () => {
    const plan = planOf([doAct('a')], { concurrency: { limit: 1 } });
    const state = createState(plan);
    for (const kind of ['start', 'pause', 'resume'] as const)
      decide(plan, state, { kind, at: 1, scope: 'execution' }, around());
    expect([state.status, waitReason(state)]).toEqual(['PENDING', 'concurrency']);
  });
});

describe.each(['execution', 'workflow', 'tenant'])('steps that share a lock of scope %s', (scope) => {
  it('run one after the other, in the order in which they asked', () => {
    const plan = planOf(['a', 'b', 'c'].map((id) => locked(id, scope)));
    const { tried, took, end } = simulate(plan, { answer: () => ({ output: null, after: 100 }) });
    expect(tried.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
    expect([end?.status, took]).toEqual(['COMPLETED', 300]);
  });

  it('hold it through retries and handler', () => {
    const plan = planOf([
      locked('a', scope, {
        retry: { max_retries: 1, backoff: 'fixed', initial: 50 },
        on_error: { steps: [doAct('mend')] },
      }),
      locked('b', scope),
    ]);
    const failing = { error: { code: 'network', message: 'no', retryable: true } };
    const { tried } = simulate(plan, { answer: ({ path }) => (path === 'a' ? failing : { output: null }) });
    expect(tried.map(({ path }) => path)).toEqual(['a', 'a', 'a.error.mend', 'b']);
  });

  it('let it go when the one that holds it is cancelled, or withdrawn', () => {
    const plan = planOf([
      locked('a', scope),
      say('now', 1),
      { id: 'stop', type: 'cancel', config: { steps: ['a'] }, ...after('now') },
      locked('b', scope),
    ]);
    const { state, end } = simulate(plan, { answer: () => ({ output: null, after: 100 }) });
    expect(end?.status).toBe('COMPLETED');
    expect(stepRows(plan, state).map(({ status }) => status)).toEqual(['SKIPPED', 'SUCCESS', 'SUCCESS', 'SUCCESS']);
  });

  it('are QUEUED while they wait, with the wait reason lock when nothing else runs', () => {
    const plan = planOf([
      {
        id: 'a',
        type: 'block',
        config: { steps: [{ id: 'nap', type: 'wait', config: { for: 1000 } }] },
        lock: { key: "'one'", scope },
      },
      locked('b', scope),
    ]);
    const { state } = simulate(plan, { until: 10 });
    expect(stepRows(plan, state).find(({ step_id }) => step_id === 'b')?.status).toBe('QUEUED');
    expect(waitReason(state)).toBe('delay');
  });

  it('leave nothing behind when the execution fails while some wait', () => {
    const plan = planOf([locked('a', scope), locked('b', scope)]);
    const { state, end, tried } = simulate(plan, {
      answer: () => ({ error: { code: 'bad', message: 'no', retryable: false } }),
    });
    expect([end?.status, tried.length, state.locking.size]).toEqual(['FAILED', 1, 0]);
  });
});

describe('locks', () => {
  it('of different keys or scopes do not touch each other', () => {
    const plan = planOf([
      doAct('a', { lock: { key: "'one'", scope: 'execution' } }),
      doAct('b', { lock: { key: "'two'", scope: 'execution' } }),
      doAct('c', { lock: { key: "'one'", scope: 'tenant' } }),
    ]);
    expect(simulate(plan, { answer: () => ({ output: null, after: 100 }) }).took).toBe(100);
  });

  it('are asked for after when: a step that does not run asks for none', () => {
    const plan = planOf([doAct('a', { when: 'false', lock: { key: 'input.missing', scope: 'execution' } })]);
    const { end, events } = simulate(plan);
    expect([end?.status, kinds(events)]).toEqual(['COMPLETED', ['started', 'skipped', 'ended']]);
  });

  it.each(['execution', 'tenant'])(
    'of scope %s are held while the step waits at its milestone; where that cannot come to hold, the step fails and the next has the lock',
    (scope) => {
      const behind = { lock: { key: '1', scope } };
      const never = { milestone: { when: 'vars.go', else: 'wait' }, on_error: 'continue' };
      const plan = planOf([doAct('a', { ...behind, ...never }), doAct('b', behind)], { variables: { go: false } });
      const { tried, end, state } = simulate(plan);
      expect([end?.status, tried.map(({ path }) => path)]).toEqual(['COMPLETED', ['b']]);
      expect(stepRows(plan, state)[0]?.error?.code).toBe('milestone_unreachable');
    },
  );

  it('whose key cannot be evaluated fail the step', () => {
    const plan = planOf([doAct('a', { lock: { key: 'input.missing', scope: 'tenant' } })]);
    expect(simulate(plan).end?.error).toMatchObject({ code: 'expression_error', step: 'a' });
  });

  it('of a step with a handler are held while the handler runs, also when the step could not begin its work', () => {
    const plan = planOf([
      say('a', '${ input.missing }', { lock: { key: '1', scope: 'execution' }, on_error: { steps: [doAct('mend')] } }),
      doAct('b', { lock: { key: '1', scope: 'execution' } }),
    ]);
    const { tried, end } = simulate(plan);
    expect([end?.status, tried.map(({ path }) => path)]).toEqual(['COMPLETED', ['a.error.mend', 'b']]);
  });
});

describe('what those who wait for an execution hold', () => {
  const place = { of: 'concurrency', key: '"c1"', workflowId: limited().workflowId, limit: 2 } as const;
  const inside = (heldByCallers: readonly object[], input: Json = { customer: 'c1' }) => ({
    ...around(input),
    context: { ...contextOf(input), heldByCallers: heldByCallers as never },
  });
  const startOf = (plan: ReturnType<typeof planOf>, held: readonly object[]) => {
    const state = createState(plan);
    decide(plan, state, { kind: 'start', at: 1 }, inside(held));
    return [state.status, state.error?.code];
  };

  it('is told to whom it calls: its place, and the locks around the step, while it waits for the end', () => {
    const call = {
      id: 'call',
      type: 'sub_workflow',
      config: { workflow_id: 'child', input: {} },
      lock: { key: "'l'", scope: 'tenant' },
    };
    const plan = planOf([call], { concurrency: { limit: 3, key: "'k'" } });
    const { called } = simulate(plan);
    expect(called.map(({ held }) => held.map(({ of, key, limit }) => `${of} ${key} ${limit}`))).toEqual([
      ['concurrency "k" 3', 'tenant "l" 1'],
    ]);
    const free = planOf([{ ...call, config: { ...call.config, wait: false } }]);
    expect(simulate(free).called.map(({ held }) => held)).toEqual([[]]);
  });

  it('is not waited for: the execution ends FAILED with held_by_caller when they hold all places that there can be', () => {
    expect(startOf(limited(), [place])).toEqual(['FAILED', 'held_by_caller']);
    expect(startOf(limited({ limit: 2 }), [place])).toEqual(['PENDING', undefined]);
    expect(startOf(limited({ limit: 2 }), [place, place])).toEqual(['FAILED', 'held_by_caller']);
    expect(
      startOf(limited(), [
        { ...place, workflowId: 'another' },
        { ...place, key: '"c2"' },
      ]),
    ).toEqual(['PENDING', undefined]);
    expect(startOf(limited({ strategy: 'skip' }), [place])).toEqual(['PENDING', undefined]);
  });

  it('fails a step that asks for such a lock, and no other step', () => {
    const plan = planOf([locked('a', 'tenant', { on_error: 'continue' }), locked('b', 'execution')]);
    const state = createState(plan);
    const held = { of: 'tenant', key: '"one"', workflowId: 'another', limit: 1 };
    decide(plan, state, { kind: 'start', at: 1 }, inside([held], {}));
    expect(stepRows(plan, state).map((row) => [row.step_id, row.status, row.error?.code])).toEqual([
      ['a', 'FAILED', 'held_by_caller'],
      ['b', 'EXECUTING', undefined],
    ]);
  });
});
