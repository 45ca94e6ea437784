import { describe, expect, it } from 'vitest';
import { after, doAct, planOf } from '../../../testing/plan.ts';
import { contextOf, type FromOutside, type SimulationOptions, simulate } from '../../../testing/simulate.ts';
import type { Json, JsonObject } from '../../json.ts';
import { decide } from '../decide.ts';
import { createState } from '../state.ts';
import { type WaitReason, waitReasons } from '../wait-reason.ts';
import { explain, gatesOf, gateText } from './explain.ts';
import type { Explanation, OutsideFacts } from './explanation.ts';
import { createNotes, takeNote } from './notes.ts';
import { explainers } from './reasons.ts';

type Plan = ReturnType<typeof planOf>;
const t = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const start = Date.UTC(2026, 0, 1);
const wait = (id: string, config: { readonly [field: string]: Json }, more = {}) => ({
  id,
  type: 'wait',
  config,
  ...more,
});
const send = (at: number, signal: string, payload: Json = null) => ({ at, input: { signal, payload } as FromOutside });
const failing = { error: { code: 'http_503', message: 'Service\nunavailable', retryable: true } };

function explained(plan: Plan, options: SimulationOptions, outside: OutsideFacts = {}): Explanation {
  const run = simulate(plan, options);
  const notes = createNotes();
  for (const event of run.events) takeNote(notes, event);
  return explain({ plan, state: run.state, notes, outside, gates: new Map() });
}

describe('what is told of each reason to wait', () => {
  it('delay: until when', () => {
    const { summary, waits } = explained(planOf([wait('nap', { for: 5_000 })]), { until: 1_000 });
    expect(summary).toBe(`Step \`nap\` waits for a time: until ${t(5_000)}.`);
    expect(waits).toMatchObject([{ reason: 'delay', path: 'nap', since: start, until: start + 5_000 }]);
  });

  it('retry_backoff: which try failed, with which error, and when the next comes', () => {
    const retry = { max_attempts: 4, initial: 9_000, jitter: 0 };
    const { waits } = explained(planOf([doAct('call', { retry })]), { answer: () => failing, until: 100 });
    expect(waits).toMatchObject([
      {
        reason: 'retry_backoff',
        text: `Step \`call\`: try 1 of 4 failed with http_503 (Service unavailable); the next begins at ${t(9_001)}.`,
        since: start + 1,
        until: start + 9_001,
        details: { attempt: 1, max_attempts: 4, error: { code: 'http_503' } },
      },
    ]);
  });

  it('signal: names, matches, its time, and why kept signals did not end it', () => {
    const plan = planOf([
      wait('nap', { for: 50 }),
      wait('ask', { signal: 'paid', match: 'signal.payload.amount > 5', timeout: '1h' }, after('nap')),
    ]);
    const then = [send(5, 'paid', { amount: 1 }), send(6, 'other'), send(60, 'paid', {})];
    const { waits, summary } = explained(plan, { then, until: 100 });
    expect(summary).toContain('Step `ask` waits for `paid` with signal.payload.amount > 5');
    expect(waits).toMatchObject([
      {
        reason: 'signal',
        since: start + 50,
        until: start + 3_600_050,
        details: {
          signals: [{ name: 'paid', match: 'signal.payload.amount > 5' }],
          kept_count: 3,
          kept_signals: [
            { name: 'paid', why: 'its match was not true, or could not be evaluated' },
            { name: 'other', why: 'it has another name' },
            { name: 'paid' },
          ],
          match_error: { step: 'ask', count: 1 },
        },
      },
    ]);
  });

  it('signal: one that came before a wait that counts only later ones', () => {
    const plan = planOf([wait('nap', { for: 50 }), wait('ask', { signal: 'go', transient: true }, after('nap'))]);
    const { waits } = explained(plan, { then: [send(5, 'go')], until: 100 });
    expect(waits[0]?.details['kept_signals']).toEqual([
      { name: 'go', why: 'it came before this wait began, which counts only later ones' },
    ]);
  });

  it('paused: by whom and what of, beside what it waits for anyway', () => {
    const then = [{ at: 10, input: { kind: 'pause', of: 'workflow' } as FromOutside }];
    const { waits, summary } = explained(planOf([wait('nap', { for: 5_000 })]), { then, until: 100 });
    expect(summary).toContain('Its workflow is paused by somebody.');
    expect(waits).toMatchObject([
      { reason: 'paused', path: null, since: start + 10, until: null, details: { scope: 'workflow', by: 'somebody' } },
      { reason: 'delay' },
    ]);
  });

  it.each<[WaitReason, OutsideFacts, RegExp]>([
    ['queue', { queue: { owner: null } }, /No process drives/],
    ['queue', { queue: { owner: 'x' } }, /waits until the process that drives it/],
  ])('%s: what the server knows of it, before it has begun', (reason, outside, text) => {
    const plan = planOf([doAct('one')]);
    const { waits } = explain({ plan, state: createState(plan), notes: createNotes(), outside, gates: new Map() });
    expect(waits).toMatchObject([{ reason, path: null, details: outside[reason] }]);
    expect(waits[0]?.text).toMatch(text);
  });

  it.each<[WaitReason, Json, RegExp]>([
    ['lock', { held_by: 'step `pay`' }, /Step `one` waits for a lock; held, now by step `pay`\./],
    [
      'concurrency',
      { position: 3, limit: 2, holders: ['a', 'b'] },
      /key at place 3 of the queue; held by 2 at most, now by execution a and execution b\./,
    ],
    ['child', { status: 'RUNNING' }, /Step `one` waits for the end of the execution that it started/],
    ['approval', {}, /Step `one` waits for a decision of a person, until/],
    ['rate_limit', {}, /Step `one` waits for its rate limit, until/],
    ['worker', { type: '' }, /Step `one` waits for a worker/],
  ])('%s: what the server knows of it', (reason, facts, text) => {
    const plan = planOf([doAct('one')]);
    const about = { plan, state: createState(plan), notes: createNotes(), run: null, path: 'one', pause: null };
    const told = explainers[reason]({ ...about, until: start, facts: facts as JsonObject });
    expect(told).toMatchObject({ details: facts as JsonObject, unblocked_by: expect.stringMatching(/./) });
    expect(told.text).toMatch(text);
  });

  it('concurrency: which key, since when, and its place, before it has begun', () => {
    const plan = planOf([doAct('one')], { concurrency: { limit: 1, key: 'input.account' } });
    const state = createState(plan);
    const around = {
      context: contextOf({ account: 7 }),
      entropy: { uuid: () => '', random: () => 0, executionId: () => 'e' },
    };
    const { events } = decide(plan, state, { kind: 'start', at: start }, around);
    const notes = createNotes();
    for (const event of events) takeNote(notes, event);
    const [gate] = gatesOf(state);
    const gates = new Map([[gate === undefined ? '' : gateText(gate), { position: 1, limit: 1, holders: ['e-9'] }]]);
    const { waits, summary } = explain({ plan, state, notes, outside: {}, gates });
    expect(summary).toContain('concurrency key at place 1 of the queue; held, now by execution e-9.');
    expect(waits).toMatchObject([{ reason: 'concurrency', since: start, details: { holders: ['e-9'] } }]);
  });

  it('lock: which, and which step of its own holds it', () => {
    const lock = { key: '"x"', scope: 'execution' };
    const plan = planOf([doAct('one', { lock }), doAct('two', { lock })]);
    const { waits } = explained(plan, { answer: () => ({ output: 1, after: 500 }), until: 100 });
    expect(waits).toMatchObject([
      { reason: 'lock', path: 'two', since: start, details: { scope: 'execution', held_by: 'step `one`' } },
    ]);
  });

  it('is there for every reason that there is', () => {
    expect(Object.keys(explainers).toSorted()).toEqual([...waitReasons].toSorted());
    const plan = planOf([]);
    const about = { plan, state: createState(plan), notes: createNotes(), run: null, path: 'x', pause: null, until: 0 };
    for (const reason of waitReasons) {
      const { text, unblocked_by } = explainers[reason]({ ...about, facts: {} });
      for (const words of [text, unblocked_by]) expect(words).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('what is told of a step that waits for its milestone', () => {
  const milestone = (when: string) => ({ milestone: { when, else: 'wait' } });
  const steps = (when: string) => [wait('nap', { for: 5_000 }), doAct('call', milestone(when))];
  const variables = { stock: 0, price: 1 };

  it('what it asks, since when, and which variables would change the answer', () => {
    const plan = planOf(steps('vars.stock > vars.price'), { variables });
    const { held, waits } = explained(plan, { until: 100 });
    expect(waits).toMatchObject([{ reason: 'delay', path: 'nap' }]);
    expect(held).toEqual([
      {
        path: 'call',
        since: start,
        text: 'Step `call` waits for its milestone: vars.stock > vars.price.',
        unblocked_by: 'A change of `vars.stock` or `vars.price` after which that holds.',
        when: 'vars.stock > vars.price',
      },
    ]);
  });

  it('that it is asked again after every event when it asks for the time', () => {
    const plan = planOf(steps('now() > timestamp("2030-01-01T00:00:00Z")'), { variables });
    const { held } = explained(plan, { until: 100 });
    expect(held[0]?.unblocked_by).toBe('An event after which that holds; it is asked again after each.');
  });

  it('nothing once it has started', () => {
    expect(explained(planOf(steps('vars.stock == 0'), { variables }), { until: 100 }).held).toEqual([]);
  });
});

describe('what is told when it does not wait', () => {
  it('which tries are under way, since when, and when their time is over', () => {
    const plan = planOf([doAct('call', { timeout: '5s' })], { timeout: '1h' });
    const { summary, waits, executing } = explained(plan, { answer: () => ({ output: 1, after: 4_000 }), until: 100 });
    expect(waits).toEqual([]);
    expect(summary).toBe(`It runs \`call\`. Its own time is over at ${t(3_600_000)}.`);
    expect(executing).toMatchObject([{ path: 'call', attempt: 1, since: start, until: start + 5_000 }]);
  });

  it('that it is ending, and why', () => {
    const plan = planOf([doAct('call')], { on_failure: [doAct('tidy')] });
    const answer: SimulationOptions['answer'] = ({ path }) =>
      path === 'call' ? { error: { ...failing.error, retryable: false } } : { output: 1, after: 500 };
    expect(explained(plan, { answer, until: 100 }).summary).toBe(
      'It will end as FAILED: step `call` failed with http_503 (Service unavailable). The steps of on_failure run. It runs `$on_failure.tidy`.',
    );
  });

  it('how it ended, and by whom it was cancelled', () => {
    const ended = (options: SimulationOptions) => explained(planOf([doAct('call')]), options).summary;
    expect(ended({})).toBe(`It ended as COMPLETED at ${t(1)}.`);
    expect(ended({ answer: () => ({ error: { ...failing.error, retryable: false } }) })).toBe(
      `It ended as FAILED at ${t(1)} because of http_503 in step \`call\`: Service unavailable.`,
    );
    expect(ended({ answer: () => ({ output: 1, after: 99 }), then: [{ at: 5, input: 'cancel' }] })).toMatch(
      /^It was cancelled, and ended at /,
    );
  });
});
