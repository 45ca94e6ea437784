import { randomBytes } from 'node:crypto';
/** All routes of the real product, walked: what holds for each of them, whoever writes the next one. */

import { readFile } from 'node:fs/promises';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { apiKeyPrefix, generateApiKey, hashApiKey } from '../auth/api-key.ts';
import { compose, type Product } from '../compose.ts';
import { readConfig } from '../config.ts';
import { defaultTenantId } from '../kernel/db/database.ts';
import type { Route } from '../kernel/http/route.ts';
import { silentLog } from '../kernel/log/log.ts';
import { sql } from '../kernel/sql/sql.ts';

const key = generateApiKey();
const powerless = generateApiKey();
let fixture: TestDatabase;
let product: Product;

beforeAll(async () => {
  fixture = await createTestDatabase();
  const environment = {
    DATABASE_URL: fixture.url,
    PORT: '0',
    CLOUDFLOW_BOOTSTRAP_API_KEY: key,
    CLOUDFLOW_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  const config = readConfig({ environment, isTerminal: false, cwd: '/nowhere' });
  product = await compose(config, {
    log: silentLog,
    progress: () => undefined,
    onFatal: (error) => {
      throw error;
    },
  });
  await fixture.database.transaction({ role: 'owner' }, (tx) =>
    tx.execute(sql`insert into api_keys (id, tenant_id, name, prefix, key_hash, permissions)
      values (gen_random_uuid(), ${defaultTenantId}, 'powerless', ${apiKeyPrefix(powerless)}, ${hashApiKey(powerless)}, ${[]})`),
  );
});
afterAll(async () => {
  await product?.stop();
  await fixture?.drop();
});

const routes = () => product.gateway.mounted;
const nameOf = ({ method, path }: Route) => `${method} ${path}`;
const concrete = ({ path }: Route) => path.replace(/:[a-z_]+/g, '01a1fe1d-b184-77db-86de-dee66b44f7ca');

async function call(route: Route, headers: Record<string, string> = {}) {
  const answer = await fetch(`${product.url}${concrete(route)}`, { method: route.method, headers });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text };
}

describe('every route', () => {
  test('says who may call it, what it does, and what it answers', () => {
    expect(routes().length).toBeGreaterThan(20);
    for (const route of routes()) {
      expect([nameOf(route), route.auth === 'public' || /^[a-z_]+:[a-z_]+$/.test(route.auth.permission)]).toEqual([
        nameOf(route),
        true,
      ]);
      expect([nameOf(route), route.summary.length > 5 && !route.summary.endsWith('.')]).toEqual([nameOf(route), true]);
      expect([nameOf(route), Object.keys(route.replies).length > 0]).toEqual([nameOf(route), true]);
      expect(Object.keys(route.replies).every((status) => Number(status) >= 200 && Number(status) < 600)).toBe(true);
    }
  });

  test('is there once', () => {
    const names = routes().map(nameOf);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('describes the parameters of its path', () => {
    for (const route of routes()) {
      const inPath = [...route.path.matchAll(/:([a-z_]+)/g)].map(([, name]) => name);
      expect([nameOf(route), Object.keys(route.params?.properties ?? {}).sort()]).toEqual([
        nameOf(route),
        inPath.sort(),
      ]);
    }
  });

  test('that is not public answers 401 without credentials, with bad ones, and with contradicting ones [S043]', async () => {
    const wrong = generateApiKey();
    const attempts: Record<string, string>[] = [
      {},
      { authorization: `Bearer ${wrong}` },
      { 'x-api-key': wrong },
      { authorization: `Bearer ${key}`, 'x-api-key': wrong },
      { authorization: 'Basic YWRtaW46YWRtaW4=' },
      { cookie: `api_key=${key}` },
    ];
    for (const route of routes().filter(({ auth }) => auth !== 'public')) {
      for (const headers of attempts) {
        const { status, text, headers: answered } = await call(route, headers);
        expect([nameOf(route), status]).toEqual([nameOf(route), 401]);
        expect(JSON.parse(text)).toMatchObject({ code: 'unauthenticated' });
        expect(answered.get('www-authenticate')).toContain('Bearer');
      }
    }
  });

  test('that is not public answers 403 to a key without its permission [S032]', async () => {
    for (const route of routes()) {
      if (route.auth === 'public') continue;
      const { status, text } = await call(route, { 'x-api-key': powerless });
      expect([nameOf(route), status]).toEqual([nameOf(route), 403]);
      expect(JSON.parse(text).detail).toContain(`"${route.auth.permission}"`);
    }
  });

  test('that changes something is never public [S041]', () => {
    expect(
      routes()
        .filter(({ auth, method }) => auth === 'public' && method !== 'GET')
        .map(nameOf),
    ).toEqual([]);
  });

  test('never answers 500, and refuses with a problem, whatever the body is [S056]', async () => {
    const bodies = [
      'null',
      '[]',
      '"x"',
      '1',
      'true',
      '{}',
      '{"__proto__":{}}',
      '{',
      '',
      '[[[[',
      '{"input":{"a":"\\u0000"}}',
      '{"labels":[]}',
    ];
    for (const route of routes().filter(({ method, auth }) => method !== 'GET' && auth !== 'public')) {
      for (const body of bodies) {
        const answer = await fetch(`${product.url}${concrete(route)}`, {
          method: route.method,
          headers: { 'x-api-key': key, 'content-type': 'application/json' },
          body,
        });
        const text = await answer.text();
        expect([nameOf(route), body, answer.status < 500]).toEqual([nameOf(route), body, true]);
        if (answer.status < 400) continue;
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(JSON.parse(text)).toMatchObject({
          status: answer.status,
          correlation_id: answer.headers.get('x-correlation-id'),
        });
      }
    }
  });

  test('that lists or reads takes hostile parameters as bad input [S057]', async () => {
    const values = [
      "' or 1=1 --",
      '%00',
      '\u{1f4a9}',
      '../../etc/passwd',
      '-1',
      '1e9',
      'x'.repeat(2_000),
      '{"$gt":""}',
      '[]',
    ];
    for (const route of routes().filter(({ method, auth, query }) => method === 'GET' && auth !== 'public' && query)) {
      for (const name of Object.keys(route.query?.properties ?? {})) {
        for (const value of values) {
          const url = `${product.url}${concrete(route)}?${name}=${encodeURIComponent(value)}`;
          const answer = await fetch(url, { headers: { 'x-api-key': key } });
          await answer.text();
          expect([nameOf(route), name, value, answer.status < 500]).toEqual([nameOf(route), name, value, true]);
        }
      }
    }
  });

  test('that lists answers in the shape that it declares', async () => {
    for (const route of routes().filter(({ method, path }) => method === 'GET' && !path.includes(':'))) {
      const schema = route.replies[200];
      if (schema === undefined || typeof schema === 'string') continue;
      const { status, text } = await call(route, { 'x-api-key': key });
      expect([nameOf(route), status]).toEqual([nameOf(route), 200]);
      expect([nameOf(route), Compile(Type.Unsafe(schema)).Errors(JSON.parse(text))]).toEqual([nameOf(route), []]);
    }
  });
});

test('the OpenAPI document has every operation below the base path, each id once', async () => {
  const answer = await fetch(`${product.url}/api/v1/openapi.json`);
  const document = (await answer.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; security?: unknown[] }>>;
  };
  expect(document.openapi).toBe('3.1.0');
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} /api/v1${path}`),
  );
  const below = routes().filter(({ path }) => path.startsWith('/api/v1/') && !path.endsWith('openapi.json'));
  expect(described.sort()).toEqual(below.map((route) => nameOf(route).replace(/:([a-z_]+)/g, '{$1}')).sort());
  expect(document.paths['/workflows']?.['post']).toMatchObject({ requestBody: { required: true } });
  expect(document.paths['/workflows/{id}/execute']?.['post']).toMatchObject({ requestBody: { required: false } });
  const ids = Object.values(document.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('the OpenAPI document says which headers answers have', async () => {
  type Responses = { readonly [status: string]: { readonly headers?: object } };
  const { paths, components } = (await (await fetch(`${product.url}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { responses: Responses }>>;
    components: { responses: Responses };
  };
  const headersOf = (path: string, method: string, status: number) =>
    Object.keys(paths[path]?.[method]?.responses[status]?.headers ?? {});
  const always = ['X-Correlation-ID', 'traceparent'];
  expect(headersOf('/workflows', 'post', 201)).toEqual(['ETag', 'Location', 'Idempotent-Replayed', ...always]);
  expect(headersOf('/workflows/{id}', 'get', 200)).toEqual(['ETag', ...always]);
  expect(headersOf('/workflows/{id}/execute', 'post', 202)).toEqual(['Location', 'Idempotent-Replayed', ...always]);
  expect(headersOf('/workflows/{id}', 'delete', 204)).toEqual(always);
  expect(Object.keys(components.responses['Problem']?.headers ?? {})).toEqual([...always, 'Retry-After']);
});

test('every form that a parameter, header or body field must have is told in words', () => {
  const wordless = (node: unknown): readonly unknown[] => {
    if (typeof node !== 'object' || node === null) return [];
    const { pattern, format, 'x-expected': expected } = node as Readonly<Record<string, unknown>>;
    const own = typeof (pattern ?? format) === 'string' && expected === undefined ? [node] : [];
    return [...own, ...Object.values(node).flatMap((each) => wordless(each))];
  };
  const found = routes().flatMap((route) =>
    [route.query, route.headers, route.body].flatMap((schema) => wordless(schema).map((node) => [nameOf(route), node])),
  );
  expect(found).toEqual([]);
});

test('the pages of the documentation run nothing from elsewhere and nothing inline, and name every operation and code [S096]', async () => {
  for (const path of ['/docs', '/docs/errors']) {
    const answer = await fetch(`${product.url}${path}`);
    const text = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(text).not.toMatch(
      /<script(?![^>]*\bsrc="\/)|<style|\son[a-z]+=|\sstyle=|javascript:|(?:src|href)="(?:https?:)?\/\//,
    );
    for (const [, asset = ''] of text.matchAll(/(?:src|href)="(\/docs\/[^"#]+\.\w+)"/g)) {
      expect([asset, (await fetch(`${product.url}${asset}`)).status]).toEqual([asset, 200]);
    }
  }
  const page = await (await fetch(`${product.url}/docs`)).text();
  for (const { summary, path } of routes().filter(({ path: p }) => p.startsWith('/api/v1/w'))) {
    expect(page).toContain(summary.replaceAll("'", '&#39;'));
    expect(page).toContain(path.replace(/:(\w+)/g, '{$1}'));
  }
  const bodies = routes().filter(({ body, path: p }) => body !== undefined && p.startsWith('/api/v1/'));
  expect(page.match(/<h4>Body<\/h4>/g)).toHaveLength(bodies.length);
});

test('the type of a problem leads to a page that explains it', async () => {
  const refused = (await (await fetch(`${product.url}/api/v1/executions`)).json()) as { type: string };
  const [path, code] = refused.type.split('#');
  expect(await (await fetch(`${product.url}${path}`)).text()).toContain(`id="${code}"`);
});

test('the aliases of the architecture documents reach the same handlers', async () => {
  const [long, short] = await Promise.all(
    ['/api/v1/workflows', '/workflows'].map(async (path) =>
      (await fetch(`${product.url}${path}`, { headers: { 'x-api-key': key } })).text(),
    ),
  );
  expect(short).toBe(long);
});

test('a process says that it lives, that it is ready and why, and counts what it answers by route', async () => {
  expect(await (await fetch(`${product.url}/livez`)).json()).toEqual({ alive: true });
  expect(await (await fetch(`${product.url}/readyz`)).json()).toEqual({
    ready: true,
    parts: { database: { ok: true }, migrations: { ok: true }, engine: { ok: true } },
  });
  const metrics = await (await fetch(`${product.url}/metrics`)).text();
  expect(metrics).toMatch(
    /cloudflow_http_request_duration_seconds_count\{method="GET",route="\/livez",status="200"\} \d+/,
  );
  expect(metrics).toContain('nodejs_eventloop_lag_seconds');
  expect(metrics).not.toContain('01a1fe1d-b184');
});

test('every metric that the product shows is in the reference, and the other way round', async () => {
  const page = await readFile(new URL('../../../../docs/reference/metrics.md', import.meta.url), 'utf8');
  const answer = await fetch(`${product.url}/metrics`, { headers: { 'x-api-key': key } });
  const shown = [...(await answer.text()).matchAll(/^# TYPE (cloudflow_\S+) (\S+)$/gm)];
  const described = [...page.matchAll(/^\| `(\S+)` \| (\S+) \|/gm)];
  const rows = (found: readonly RegExpMatchArray[]) => found.map(([, name, type]) => `${name} ${type}`).sort();
  expect(rows(shown).length).toBeGreaterThan(15);
  expect(rows(described)).toEqual(rows(shown));
});
