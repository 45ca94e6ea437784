/**
 * Runs one case against the product, over its public API alone, and compares what is seen with what is expected. Returns the
 * id of its execution.
 */
import { expect } from 'vitest';
import type { Api, Body } from './api-client.ts';
import type { Case, Expected } from './cases/case.ts';
import { at } from './definitions.ts';
import type { World } from './outside-world.ts';

export async function runCase(
  api: Api,
  world: World,
  { definition, input = {}, signals = [], cancelWhen, expect: expected }: Case,
): Promise<string> {
  const created = await api.post('/workflows', at(world.url, definition));
  expect(created, JSON.stringify(created.json)).toMatchObject({ status: 201 });

  const started = await api.post(`/workflows/${definition.workflow_id}/execute`, { input });
  expect(started, JSON.stringify(started.json)).toMatchObject({ status: 202 });
  for (const { when, name, payload } of signals) {
    const id = started.json.execution_id;
    await api.until(id, ({ wait_reason }) => wait_reason === when);
    expect(await api.post(`/executions/${id}/signals/${name}`, { payload })).toMatchObject({ status: 202 });
  }
  if (cancelWhen !== undefined) {
    const id = started.json.execution_id;
    await api.until(id, ({ wait_reason }) => wait_reason === cancelWhen);
    expect(await api.post(`/executions/${id}/cancel`)).toMatchObject({ status: 202 });
  }
  const execution = await api.ended(started.json.execution_id);

  expect(execution).toMatchObject({ status: expected.status, phase: null, wait_reason: null });
  seesValues(execution, expected);
  if (expected.error) expect(execution.error).toMatchObject(expected.error);
  if (expected.status === 'COMPLETED') expect(execution.error).toBeNull();
  if (expected.variables !== undefined) {
    const { json } = await api.get(`/executions/${execution.id}?include=variables`);
    expect(json.variables).toEqual(expected.variables);
  }
  if (expected.steps) await seesSteps(api, execution, expected.steps);
  // What was started without waiting for it may call after the end.
  if (expected.calls) await world.called(expected.calls.length);
  seesCalls(world, expected);
  return execution.id;
}

function seesValues(execution: Body, { output, atLeastMs, atMostMs }: Expected): void {
  // `output` is compared as text: equality of objects would not tell an own `__proto__` from none.
  if (output !== undefined) expect(canonical(execution.output)).toBe(canonical(output));
  const took = execution.duration_ms as number;
  if (atLeastMs !== undefined) expect(took).toBeGreaterThanOrEqual(atLeastMs);
  if (atMostMs !== undefined) expect(took).toBeLessThan(atMostMs);
}

async function seesSteps(api: Api, execution: Body, steps: NonNullable<Expected['steps']>): Promise<void> {
  const rows = await api.all(`/executions/${execution.id}/steps`);
  const seen = rows.filter((row) => Object.hasOwn(steps, row.step_id)).map((row) => [row.step_id, row.status]);
  expect(Object.fromEntries(seen)).toEqual(steps);
  expect(seen).toHaveLength(Object.keys(steps).length);
}

function seesCalls(world: World, { calls, inAnyOrder, peak, sameKey }: Expected): void {
  const names = world.calls.map((call) => call.name);
  if (calls) expect(inAnyOrder ? names.toSorted() : names).toEqual(inAnyOrder ? calls.toSorted() : calls);
  if (peak !== undefined) expect(world.peak).toBe(peak);
  if (sameKey === undefined) return;
  const keys = world.calls.map((call) => call.headers['idempotency-key']);
  expect(keys).not.toContain(undefined);
  expect(new Set(keys).size).toBe(sameKey ? 1 : keys.length);
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join()}}`;
}
