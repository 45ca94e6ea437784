/** Concurrency limits and locks over HTTP: who runs, who waits, who is turned away. */
import { describe, expect, it } from 'vitest';
import type { Body } from './api-client.ts';
import { at, aWorkflow, calls, type Definition, says, waits } from './definitions.ts';
import type { Script } from './outside-world.ts';
import { useProduct } from './product.ts';

const product = useProduct();

async function saved(definition: Definition, script: Script = {}) {
  const world = product.outside.world(script);
  const answer = await product.api.post('/workflows', at(world.url, definition));
  expect(answer, JSON.stringify(answer.json)).toMatchObject({ status: 201 });
  const start = async (input: object = {}): Promise<string> =>
    (await product.api.post(`/workflows/${definition.workflow_id}/execute`, { input })).json.execution_id;
  return { world, start };
}
const go = (id: string) => product.api.post(`/executions/${id}/signals/go`, { payload: null });
const isRunning = ({ status }: Body) => status === 'RUNNING';
const isWaiting = ({ status, wait_reason }: Body) => status === 'PENDING' && wait_reason === 'concurrency';
const errorOf = async (id: string) => (await product.api.ended(id))['error'] as { code: string } | null;

describe('a concurrency limit', () => {
  const limited = (strategy: string) =>
    aWorkflow([waits('hold', 'go')], { concurrency: { limit: 1, key: 'input.customer', strategy } });

  it('with queue starts one after the other, in the order in which they were asked for [E15 F87]', async () => {
    const { start } = await saved(limited('queue'));
    const ids = [await start({ customer: 'x' }), await start({ customer: 'x' }), await start({ customer: 'x' })];
    const other = await start({ customer: 'y' });
    await product.api.until(other, isRunning);
    for (const [place, id] of ids.entries()) {
      await product.api.until(id, isRunning);
      for (const later of ids.slice(place + 1)) await product.api.until(later, isWaiting);
      expect((await go(id)).status).toBe(202);
      expect(await product.api.ended(id)).toMatchObject({ status: 'COMPLETED' });
    }
    await go(other);
    expect(await product.api.ended(other)).toMatchObject({ status: 'COMPLETED' });
  });

  it.each([
    ['reject', 'concurrency_rejected'],
    ['skip', 'concurrency_skipped'],
  ])('with %s answers the start, and ends it CANCELLED with %s', async (strategy, code) => {
    const { start } = await saved(limited(strategy));
    const [first, second] = [await start({ customer: 'x' }), await start({ customer: 'x' })];
    expect(await product.api.ended(second)).toMatchObject({ status: 'CANCELLED', error: { code } });
    await go(first);
    expect(await product.api.ended(first)).toMatchObject({ status: 'COMPLETED' });
  });

  it('with cancel_running cancels what runs, and starts the new one when that has ended', async () => {
    const { start } = await saved(limited('cancel_running'));
    const first = await start({ customer: 'x' });
    await product.api.until(first, isRunning);
    const second = await start({ customer: 'x' });
    const old = await product.api.ended(first);
    const next = await product.api.until(second, isRunning);
    expect(old.status).toBe('CANCELLED');
    expect(Date.parse(String(next['started_at']))).toBeGreaterThanOrEqual(Date.parse(String(old['finished_at'])));
    await go(second);
    expect(await product.api.ended(second)).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('a lock', () => {
  const slow: Script = { 'POST /a': [{ delayMs: 150 }], 'POST /b': [{ delayMs: 150 }] };
  const locked = (id: string, scope: string) => calls(id, { lock: { key: "'k'", scope } });

  it('of scope execution keeps two steps of one execution apart, and no two executions', async () => {
    const { world, start } = await saved(aWorkflow([locked('a', 'execution'), locked('b', 'execution')]), slow);
    await product.api.ended(await start());
    expect(world.peak).toBe(1);
    const ids = [await start(), await start()];
    for (const id of ids) await product.api.ended(id);
    expect(world.peak).toBe(2);
  });

  it.each(['workflow', 'tenant'])('of scope %s keeps steps of several executions apart', async (scope) => {
    const { world, start } = await saved(aWorkflow([locked('a', scope)]), slow);
    const ids = [await start(), await start(), await start()];
    for (const id of ids) expect(await product.api.ended(id)).toMatchObject({ status: 'COMPLETED' });
    expect([world.peak, world.calls.length]).toEqual([1, 3]);
  });
});

describe('what a called execution asks for while its caller holds it', () => {
  it('is refused at once: a place under the same key, and a lock', async () => {
    const concurrency = { limit: 1, key: "'one'" };
    const self = aWorkflow([], { concurrency });
    const call = { id: 'call', type: 'sub_workflow', config: { workflow_id: self.workflow_id, input: { depth: 1 } } };
    const { start } = await saved({ ...self, steps: [{ ...call, when: '!has(input.depth)' }] });
    const failed = await product.api.ended(await start());
    expect(failed).toMatchObject({
      status: 'FAILED',
      error: { code: 'child_failed', step: 'call', details: { error: { code: 'held_by_caller' } } },
    });

    const lock = { key: "'shared'", scope: 'tenant' };
    const child = aWorkflow([says('inside', 1, { lock })]);
    await saved(child);
    const config = { workflow_id: child.workflow_id, input: {} };
    const caller = await saved(aWorkflow([{ id: 'call', type: 'sub_workflow', lock, config }]));
    expect(await errorOf(await caller.start())).toMatchObject({
      code: 'child_failed',
      details: { error: { code: 'held_by_caller', step: 'inside' } },
    });
    const free = await saved(aWorkflow([{ id: 'call', type: 'sub_workflow', config }]));
    expect(await product.api.ended(await free.start())).toMatchObject({ status: 'COMPLETED' });
  });
});
