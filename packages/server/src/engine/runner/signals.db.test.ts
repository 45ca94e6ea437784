/** Signals: durable when they are answered, kept until a step takes them, taken once. */
import { randomUUID } from 'node:crypto';
import type { Json } from '@cloudflow/core/json.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { aStart, idOf, nap, needs, type TestEngine, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';
import { mostKeptSignals } from '../store/insert-signal.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const waits = (id: string, config: object, more: object = {}) => ({ id, type: 'wait', config, ...more });
const send = (engine: TestEngine, id: string, name: string, payload: Json = null) =>
  engine.signal(defaultTenantId, id, { name, payload });
const inbox = () => engines.one('select count(*)::int as n from execution_inbox');
const outputOf = ({ output }: Record<string, unknown>) => JSON.parse(output as string) as unknown;

async function kept(id: string): Promise<number> {
  const { kept_signals } = await engines.one(`select kept_signals from workflow_executions where id = '${id}'`);
  return (kept_signals as number | null) ?? 0;
}

describe('a signal', () => {
  it('that comes before its step waits is kept for it, and so is the next, in order [F77]', async () => {
    const engine = await engines.anEngine();
    const steps = [
      nap('nap', 1_500),
      waits('one', { signal: 'go' }, needs('nap')),
      waits('two', { signal: 'go' }, needs('one')),
    ];
    const output = ['${ steps.one.output }', '${ steps.two.output }'];
    const id = idOf(await engine.start(aStart(await engines.publish(steps, { output }))));
    for (const n of [1, 2, 3]) expect(await send(engine, id, 'go', { n, zero: '\u0000' })).toBe('accepted');
    await expect.poll(() => kept(id)).toBe(3);
    const head = await engines.ended(id);
    expect(outputOf(head)).toEqual([1, 2].map((n) => ({ n, zero: '\u0000' })));
    expect(head['kept_signals']).toBeNull();
    expect(await inbox()).toEqual({ n: 0 });
  });

  it('wakes an execution that is a row and no memory, also when no hint comes: its owner looks for it', async () => {
    const engine = await engines.anEngine();
    const gateway = await engines.anEngine({ drives: false });
    const workflow = await engines.publish([waits('ask', { signal: 'go' })]);
    const id = idOf(await engine.start(aStart(workflow)));
    await expect.poll(() => engine.inFlight()).toBe(0);
    expect(await engines.one(`select wait_reason from workflow_executions where id = '${id}'`)).toEqual({
      wait_reason: 5,
    });
    const sent = Date.now();
    expect(await send(gateway, id, 'go', { ok: true })).toBe('accepted');
    expect(outputOf(await engines.ended(id))).toEqual({ ask: { ok: true } });
    expect(Date.now() - sent).toBeLessThan(2_000); // a poll is 250 ms
  });

  it('finds its execution with the next owner, which did not rebuild it: it only waited [E12]', async () => {
    const gone = await engines.anEngine();
    const ids: string[] = [];
    const workflow = await engines.publish([waits('ask', { signal: 'go' })]);
    for (let n = 0; n < 5; n += 1) ids.push(idOf(await gone.start(aStart(workflow))));
    await expect.poll(() => gone.inFlight()).toBe(0);
    await gone.drain(0);
    const gateway = await engines.anEngine({ drives: false });
    for (const id of ids.slice(0, 2)) expect(await send(gateway, id, 'go', 1)).toBe('accepted');
    const engine = await engines.anEngine();
    for (const id of ids.slice(0, 2)) expect(outputOf(await engines.ended(id))).toEqual({ ask: 1 });
    await expect.poll(() => engine.inFlight()).toBe(0);
    for (const id of ids.slice(2)) {
      const journal = await engines.eventsOf(id);
      expect(journal.map(({ e }) => e)).toEqual(['started', 'begun']);
      await send(engine, id, 'go', 2);
      await engines.ended(id);
    }
  });

  it('that is sent twice is two signals: the second is for the next step', async () => {
    const engine = await engines.anEngine();
    const steps = [waits('one', { signal: 'go' }), waits('two', { signal: 'go' }, needs('one'))];
    const id = idOf(await engine.start(aStart(await engines.publish(steps))));
    expect(await Promise.all([send(engine, id, 'go', 1), send(engine, id, 'go', 1)])).toEqual(['accepted', 'accepted']);
    expect(outputOf(await engines.ended(id))).toEqual({ two: 1 });
  });

  it('to an execution that has ended, or that there is not for this tenant, is refused [F77]', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([waits('ask', { signal: 'go' })]);
    const id = idOf(await engine.start(aStart(workflow)));
    expect(await engine.signal(randomUUID(), id, { name: 'go', payload: null })).toBe('not_found');
    expect(await send(engine, randomUUID(), 'go')).toBe('not_found');
    expect(await send(engine, id, 'go')).toBe('accepted');
    await engines.ended(id);
    expect(await send(engine, id, 'go')).toBe('ended');
  });

  it('is refused when as many as may be kept wait for a step, heard or not, and accepted again when one was taken', async () => {
    const engine = await engines.anEngine();
    const gateway = await engines.anEngine({ drives: false });
    const workflow = await engines.publish([
      waits('ask', { signal: 'go' }),
      waits('end', { signal: 'stop' }, needs('ask')),
    ]);
    const id = idOf(await engine.start(aStart(workflow)));
    const half = mostKeptSignals / 2;
    await Promise.all(Array.from({ length: half }, (_, n) => send(engine, id, 'other', n)));
    await expect.poll(() => kept(id)).toBe(half);
    await engine.drain(0);
    await Promise.all(Array.from({ length: half - 1 }, (_, n) => send(gateway, id, 'other', n)));
    expect(await send(gateway, id, 'go', 'taken')).toBe('accepted');
    expect(await send(gateway, id, 'go')).toBe('full');
    const next = await engines.anEngine();
    await expect.poll(() => kept(id)).toBe(mostKeptSignals - 1);
    expect(await send(next, id, 'stop', 1)).toBe('accepted');
    expect(outputOf(await engines.ended(id))).toEqual({ end: 1 });
    expect(await inbox()).toEqual({ n: 0 });
  });

  it('of many senders to one execution: none is lost, each sender keeps its order [F68 Q14]', async () => {
    const engine = await engines.anEngine();
    const [senders, each] = [10, 40];
    const config = { times: senders * each, steps: [waits('take', { signal: 'go' })] };
    const id = idOf(await engine.start(aStart(await engines.publish([{ id: 'loop', type: 'loop', config }]))));
    const sending = Array.from({ length: senders }, async (_, sender) => {
      for (let n = 0; n < each; n += 1) expect(await send(engine, id, 'go', { sender, n })).toBe('accepted');
    });
    await Promise.all(sending);
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    const taken = (await engines.eventsOf(id)).filter(({ e, s }) => e === 'succeeded' && s === 'take');
    const outputs = taken.map(({ o }) => o as { sender: number; n: number });
    for (let sender = 0; sender < senders; sender += 1)
      expect(outputs.filter((each) => each.sender === sender).map(({ n }) => n)).toEqual(
        Array.from({ length: each }, (_, n) => n),
      );
  });

  it('that races with the timeout of its step ends it, or is kept: exactly one of them wins, 200 times [F51]', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([
      waits('ask', { signal: 'go', timeout: 250, on_timeout: 'continue' }),
      waits('stop', { signal: 'stop', timeout: '1m' }, needs('ask')),
    ]);
    const ids = (await Promise.all(Array.from({ length: 200 }, () => engine.start(aStart(workflow))))).map(idOf);
    const due = (await engines.one('select min(due) as first, max(due) as last from execution_timers')) as Record<
      string,
      Date
    >;
    await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThanOrEqual((due['first'] as Date).getTime() - 20);
    await Promise.all(ids.map((id) => send(engine, id, 'go', 'came')));
    await Promise.all(ids.map((id) => send(engine, id, 'stop')));
    for (const head of await Promise.all(ids.map(engines.ended))) {
      const events = await engines.eventsOf(head['id'] as string);
      const outcomes = events.filter(({ e, s }) => s === 'ask' && (e === 'succeeded' || e === 'failed'));
      const taken = events.some(({ e, s, n }) => e === 'signalled' && n === 'go' && s === 'ask');
      expect(outcomes.map(({ o }) => o ?? null)).toEqual([taken ? 'came' : null]);
    }
    expect(await inbox()).toEqual({ n: 0 });
  });
});
