import { describe, expect, it } from 'vitest';
import { after, planOf, say } from '../../testing/plan.ts';
import { contextOf, rebuild } from '../../testing/simulate.ts';
import type { JsonObject } from '../json.ts';
import type { Effect, RunInput } from './contract.ts';
import { decide, resume } from './decide.ts';
import type { RunEvent } from './event.ts';
import { createState } from './state.ts';
import { waitReason } from './wait-reason.ts';

const around = { context: contextOf(), entropy: { uuid: () => 'u', random: () => 0.5, executionId: () => 'e' } };
const charge = (more: JsonObject = {}): JsonObject => ({ id: 'charge', type: 'task', config: { amount: 1 }, ...more });
const key = { s: 'charge' };
const claimed = { kind: 'task_claimed', key, attempt: 1, by: 'w1' } as const;
const lost = { kind: 'task_lost', key, attempt: 1, why: 'lost' } as const;
const done = { kind: 'attempt_ended', key, attempt: 1, outcome: { output: 7 } } as const;

type Untimed<T> = T extends unknown ? Omit<T, 'at'> : never;

function started(steps: readonly JsonObject[] = [charge()]) {
  const plan = planOf(steps);
  const state = createState(plan);
  const events: RunEvent[] = [];
  let at = 1_000;
  const hear = (input: Untimed<RunInput>): readonly Effect[] => {
    at += 1;
    const decided = decide(plan, state, { ...input, at } as RunInput, around);
    events.push(...decided.events);
    return decided.effects.filter(({ kind }) => kind !== 'arm' && kind !== 'disarm');
  };
  const first = hear({ kind: 'start' });
  return { plan, state, events, hear, first, kinds: () => events.map(({ e }) => e) };
}

const pause = { kind: 'pause', scope: 'execution' } as const;
const go = { kind: 'resume', scope: 'execution' } as const;
const withdrawn = (how: string) => ({ kind: 'withdraw_task', key, attempt: 1, how });

describe('a step that a worker runs', () => {
  it('is offered as a task, and waits by name until a worker takes it', () => {
    const run = started();
    expect(run.first).toMatchObject([{ kind: 'offer_task', type: 'task', input: { amount: 1 }, timeoutMs: 10_000 }]);
    expect(waitReason(run.state)).toBe('worker');
    expect(run.hear(claimed)).toEqual([]);
    expect(waitReason(run.state)).toBeNull();
    expect(run.hear(done)).toMatchObject([{ kind: 'end', status: 'COMPLETED' }]);
    expect(run.kinds()).toEqual(['started', 'begun', 'claimed', 'succeeded', 'ended']);
  });

  it('owes nothing after a crash: the task is a row of its own', () => {
    for (const inputs of [[], [claimed]]) {
      const run = started();
      for (const input of inputs) run.hear(input);
      const state = rebuild(run.plan, run.events);
      expect(resume(run.plan, state, 5_000, around).effects).toEqual([]);
      expect(waitReason(state)).toBe(inputs.length === 0 ? 'worker' : null);
    }
  });

  it('is offered again under the same key when its worker is lost, and is over with the third', () => {
    const run = started([charge({ retry: { max_attempts: 1 } })]);
    for (const _ of [1, 2]) {
      run.hear(claimed);
      expect(run.hear(lost)).toMatchObject([{ kind: 'offer_task', attempt: 1, idempotencyKey: 'x/charge/0/0' }]);
      expect(waitReason(run.state)).toBe('worker');
    }
    run.hear(claimed);
    expect(run.hear(lost)).toMatchObject([{ kind: 'end', status: 'FAILED', error: { code: 'worker_lost' } }]);
  });

  it('is tried again by its policy when workers are lost with it', () => {
    const run = started([charge({ retry: { max_attempts: 2 } })]);
    for (const _ of [1, 2, 3]) {
      run.hear(claimed);
      run.hear(lost);
    }
    expect(run.kinds().at(-1)).toBe('retrying');
  });

  it('ends outcome_unknown when its worker is lost and it may run at most once', () => {
    const run = started([charge({ delivery: 'at_most_once' })]);
    run.hear(claimed);
    expect(run.hear(lost)).toMatchObject([{ kind: 'end', status: 'FAILED', error: { code: 'outcome_unknown' } }]);
  });

  it('is offered again as often as it is handed back', () => {
    const run = started([charge({ delivery: 'at_most_once' })]);
    for (const _ of [1, 2, 3, 4]) {
      run.hear(claimed);
      expect(run.hear({ ...lost, why: 'returned' })).toMatchObject([{ kind: 'offer_task' }]);
    }
  });

  it('hears nothing of a worker that is late', () => {
    const run = started([charge(), say('then', 1, after('charge'))]);
    run.hear(claimed);
    run.hear(done);
    const known = run.events.length;
    for (const late of [claimed, lost, done]) expect(run.hear(late)).toEqual([]);
    expect(run.events).toHaveLength(known);
  });
});

describe('a task that is not wanted any more', () => {
  it('is withdrawn at once when nobody has taken it', () => {
    const run = started();
    expect(run.hear({ kind: 'cancel' })).toMatchObject([{ kind: 'end', status: 'CANCELLED' }, withdrawn('end')]);
  });

  it('is asked back from its worker, who may still say how far it came', () => {
    const run = started();
    run.hear(claimed);
    expect(run.hear({ kind: 'cancel' })).toEqual([withdrawn('ask')]);
    expect(run.hear(done)).toMatchObject([{ kind: 'end', status: 'CANCELLED' }]);
    expect(run.kinds()).toContain('succeeded');
  });

  it("is nobody's when the time for that is over", () => {
    const run = started();
    run.hear(claimed);
    run.hear({ kind: 'cancel' });
    const [timer] = [...run.state.timers].flatMap(([id, { kind }]) => (kind === 'grace' ? id : []));
    const decided = decide(run.plan, run.state, { kind: 'timer', timer: timer ?? -1, at: 60_000 }, around);
    expect(decided.effects).toContainEqual(withdrawn('end'));
    expect(decided.effects).toContainEqual(expect.objectContaining({ kind: 'end', status: 'CANCELLED' }));
  });

  it('ends with an intervention, whoever has it', () => {
    const run = started();
    run.hear(claimed);
    const deed = { do: 'complete', path: 'charge', output: 1 } as const;
    expect(run.hear({ kind: 'intervene', by: 'ann', reason: 'r', deed })).toContainEqual(withdrawn('end'));
  });
});

describe('a pause', () => {
  it('takes back what nobody has taken, and offers it again when it is over', () => {
    const run = started();
    expect(run.hear(pause)).toEqual([withdrawn('unclaimed')]);
    expect(waitReason(run.state)).toBe('paused');
    expect(run.hear({ ...pause, scope: 'tenant' })).toEqual([]);
    run.hear(go);
    expect(run.hear({ ...go, scope: 'tenant' })).toMatchObject([{ kind: 'offer_task', attempt: 1 }]);
  });

  it('lets a worker go on, and offers what comes back only when it is over', () => {
    const run = started();
    run.hear(claimed);
    expect(run.hear(pause)).toEqual([]);
    expect(run.hear(lost)).toEqual([]);
    expect(run.hear(go)).toMatchObject([{ kind: 'offer_task' }]);
  });
});
