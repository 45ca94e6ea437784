/** An administrator steps into a running execution. */
import { describe, expect, it } from 'vitest';
import { aWorkflow, needs, type Step, says, waits } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const reason = 'the other side is down';

/** Started, and known to wait. */
async function waiting(steps: readonly Step[], more: object = {}): Promise<string> {
  const definition = aWorkflow(steps, more);
  expect(await product.api.post('/workflows', definition)).toMatchObject({ status: 201 });
  const { json } = await product.api.post(`/workflows/${definition.workflow_id}/execute`, {});
  await product.api.until(json.execution_id, ({ wait_reason }) => wait_reason === 'signal');
  return json.execution_id;
}

const steps = [waits('w', 'go'), says('then', '${ steps.w.output }', needs('w'))];

describe('an administrator', () => {
  it('completes a step with an output; who and why stand in the journal', async () => {
    const id = await waiting(steps);
    const path = `/executions/${id}/steps/w`;
    expect(await product.api.post(`${path}/complete`, { output: { ok: 1 }, reason })).toMatchObject({ status: 202 });
    expect(await product.api.ended(id)).toMatchObject({ status: 'COMPLETED', output: { then: { ok: 1 } } });
    const events = await product.api.all(`/executions/${id}/events`);
    expect(events.find(({ type }) => type === 'intervention')).toMatchObject({
      deed: 'complete',
      step_id: 'w',
      reason,
      by: expect.stringMatching(/^api_key:/),
    });
    expect(await product.api.post(`${path}/skip`, { reason })).toMatchObject({
      status: 409,
      json: { code: 'step_not_open' },
    });
  });

  it('skips a step: what depends on it alone is passed over', async () => {
    const id = await waiting(steps);
    expect(await product.api.post(`/executions/${id}/steps/w/skip`, { reason })).toMatchObject({ status: 202 });
    await product.api.ended(id);
    const rows = await product.api.all(`/executions/${id}/steps`);
    expect(rows.map(({ status }) => status)).toEqual(['SKIPPED', 'SKIPPED']);
  });

  it('sets variables that the definition declares', async () => {
    const read = says('then', '${ vars.limit }', needs('w'));
    const id = await waiting([waits('w', 'go'), read], { variables: { limit: 1 } });
    const path = `/executions/${id}/variables`;
    expect(await product.api.call('PATCH', path, { set: { limt: 2 }, reason })).toMatchObject({
      status: 422,
      json: { code: 'unknown_variable', errors: [{ pointer: '/set/limt', suggestion: 'limit' }] },
    });
    expect(await product.api.call('PATCH', path, { set: { limit: 2 }, reason })).toMatchObject({ status: 202 });
    await product.api.post(`/executions/${id}/signals/go`, {});
    expect(await product.api.ended(id)).toMatchObject({ output: { then: 2 } });
    expect(await product.api.call('PATCH', path, { set: { limit: 3 }, reason })).toMatchObject({
      status: 409,
      json: { code: 'execution_ended' },
    });
  });

  it('has to say why, and to name a step that is under way', async () => {
    const id = await waiting(steps);
    expect(await product.api.post(`/executions/${id}/steps/w/skip`, {})).toMatchObject({
      status: 400,
      json: { code: 'invalid_body', errors: [{ pointer: '/reason', code: 'missing' }] },
    });
    expect(await product.api.post(`/executions/${id}/steps/then/skip`, { reason })).toMatchObject({
      status: 409,
      json: { code: 'step_not_open' },
    });
    expect(await product.api.post(`/executions/${id}/steps/none/skip`, { reason })).toMatchObject({ status: 404 });
    await product.api.post(`/executions/${id}/cancel`, {});
  });
});
