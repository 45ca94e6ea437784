/** Every operation of the OpenAPI document, asked at random: whatever comes, the answer is one that the document names. API_RUNS asks more. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../packages/core/src/json.ts';
import { type OpenApi, type Operation, operationsOf } from './openapi/operation.ts';
import { type Known, spoiled, valuesOf } from './openapi/values.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const runs = Number(process.env['API_RUNS'] ?? 25);
/** What would keep later requests from getting anywhere, or waits for minutes. */
const tooHarmful = new Set(['POST /tenant/pause', 'POST /workflows/{id}/pause', 'DELETE /workflows/{id}']);

let operations: readonly Operation[] = [];
let known: Known = {};

beforeAll(async () => {
  const { api, server } = product;
  operations = operationsOf((await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as OpenApi);
  known = await aWorldOf(api);
}, 120_000);

/** Something to ask about: workflows, executions that wait, have ended and have failed, and what belongs to them. */
async function aWorldOf(api: typeof product.api): Promise<Known> {
  const definition = (id: string, steps: readonly JsonObject[]) => ({ workflow_id: id, version: '1.0.0', steps });
  const quick = definition('quick', [{ id: 'a', type: 'transform', config: { output: '${ input }' } }]);
  const waits = definition('waits', [{ id: 'a', type: 'wait', config: { signal: 'go' } }]);
  const fails = definition('fails', [{ id: 'a', type: 'terminate', config: { status: 'FAILED', error: 'no' } }]);
  const ids: string[] = [];
  for (const each of [quick, waits, fails]) {
    expect((await api.call('POST', '/workflows', each)).status).toBe(201);
    const { json } = await api.call('POST', `/workflows/${each.workflow_id}/execute`, {});
    ids.push(json.execution_id);
  }
  return {
    id: [...ids, 'quick', 'waits', 'fails'],
    workflow_id: ['quick', 'waits'],
    path: ['a'],
    step: ['a'],
    from: ['start', 'a'],
    name: ['go'],
    type: ['http_request'],
    version: ['1.0.0'],
    definition: [quick, fails],
    document: [quick],
    limit: [1, 200, 201],
    wait: ['10ms', '1x'],
  };
}

type Request = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
};

function requests({ path, parameters, body }: Operation): fc.Arbitrary<Request> {
  const valuesIn = (place: string) =>
    Object.fromEntries(
      parameters.filter((each) => each.in === place).map(({ name, schema }) => [name, parameterOf(name, schema)]),
    );
  const inBody = body === undefined ? fc.constant(undefined) : bodies(body);
  return fc
    .tuple(
      fc.record(valuesIn('path')),
      fc.record(valuesIn('query'), { requiredKeys: [] }),
      fc.record(valuesIn('header'), { requiredKeys: [] }),
      inBody,
    )
    .map(([inPath, query, headers, sent]) => {
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(asText(inPath[name]) || '-'));
      const search = new URLSearchParams(
        Object.entries(query).map(([name, value]): [string, string] => [name, asText(value)]),
      );
      const sendable = Object.entries(headers).map(([name, value]) => [
        name,
        asText(value).replace(/[^\x21-\x7e]/g, ''),
      ]);
      return {
        path: search.size === 0 ? filled : `${filled}?${search}`,
        headers: Object.fromEntries(sendable.filter(([, value]) => value !== '')) as Record<string, string>,
        body: sent,
      };
    });
}

function parameterOf(name: string, schema: Json): fc.Arbitrary<Json> {
  return fc.oneof({ weight: 4, arbitrary: valuesOf(schema, known, name) }, { weight: 1, arbitrary: fc.string() });
}

function bodies(schema: Json): fc.Arbitrary<Json | undefined> {
  const fitting = valuesOf(schema, known);
  return fc.oneof(
    { weight: 5, arbitrary: fitting },
    { weight: 3, arbitrary: spoiled(fitting) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

const asText = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed();

async function answerTo({ method }: Operation, { path, headers, body }: Request, key = product.server.apiKey) {
  const response = await fetch(`${product.server.url}/api/v1${path}`, {
    method,
    headers: {
      ...headers,
      ...(key !== '' && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
}

describe('asked at random', () => {
  it('each operation answers as the document says, never with 5xx, and takes nothing that does not fit [S040]', async () => {
    const wrong: string[] = [];
    const statuses = new Map<number, number>();
    for (const operation of operations) {
      const title = `${operation.method} ${operation.path}`;
      if (tooHarmful.has(title)) continue;
      const property = fc.asyncProperty(requests(operation), async (request) => {
        const { status, type, text } = await answerTo(operation, request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(operation.judge(status, type, text)).toEqual([]);
        const fits = operation.takes(request.body ?? {}); // no body is an empty one
        if (!fits) expect(status, 'a body that does not fit').toBeGreaterThanOrEqual(400);
      });
      const { failed, seed, counterexample, errorInstance } = await fc.check(property, {
        numRuns: runs,
        endOnFailure: false,
      });
      if (failed) wrong.push(`${title} (seed ${seed})\n${JSON.stringify(counterexample)}\n${String(errorInstance)}`);
    }
    expect(wrong).toEqual([]);
    // Not all refused, not all found: the requests got somewhere.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 202, 400, 404]));
  }, 600_000);

  it('each operation that is not public refuses who does not say who he is', async () => {
    for (const operation of operations.filter(({ isPublic }) => !isPublic)) {
      const [request] = fc.sample(requests(operation), 1);
      if (request === undefined) throw new Error('no request');
      expect((await answerTo(operation, request, '')).status, `${operation.method} ${operation.path}`).toBe(401);
    }
  });
});
