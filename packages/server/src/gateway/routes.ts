/** The doors that belong to no service: health, metrics, the description of the API, and its documentation. */
import { readFileSync } from 'node:fs';
import type { Json } from '@cloudflow/core/json.ts';
import { caseFileSchema } from '@cloudflow/core/test-run/case-schema.ts';
import Type from 'typebox';
import type { Health } from '../kernel/health/health.ts';
import { openApiDocument } from '../kernel/http/openapi.ts';
import { document, rawJson, reply } from '../kernel/http/reply.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { pageHeaders } from '../kernel/http/security-headers.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { errorsPage } from './docs/errors-page.ts';
import { operationsPage } from './docs/operations-page.ts';

export const basePath = '/api/v1';

export type OperationalDeps = { readonly health: Health; readonly metrics: Metrics };

const healthReport = Type.Object({
  ready: Type.Boolean(),
  parts: Type.Record(Type.String(), Type.Object({ ok: Type.Boolean(), reason: Type.Optional(Type.String()) })),
});

/** What probes and scrapers ask. No tenant's data is in any of it. */
export function operationalRoutes({ health, metrics }: OperationalDeps): Route[] {
  return [
    route({
      method: 'GET',
      path: '/livez',
      auth: 'public',
      summary: 'Tell whether the process turns',
      description: 'Asks nothing of others: a database that is away is no reason to restart this process.',
      replies: { 200: Type.Object({ alive: Type.Literal(true) }) },
      handle: () => reply(200, { alive: true }),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      auth: 'public',
      summary: 'Tell whether the process can do its work',
      replies: { 200: healthReport, 503: healthReport },
      async handle() {
        const report = await health.report();
        return reply(report.ready ? 200 : 503, report);
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      auth: 'public',
      summary: 'Read the metrics, in the text format of Prometheus',
      replies: { 200: 'The metrics, as text.' },
      handle: async () => document(metrics.contentType, await metrics.text()),
    }),
  ];
}

export type DescriptionDeps = {
  /** Everything that is mounted below the base path. */
  readonly routes: readonly Route[];
  readonly version: string;
  readonly workflowSchema: Json;
};

/** The API about itself. All of it is printed once, when the process starts. */
export function descriptionRoutes({ routes, version, workflowSchema }: DescriptionDeps): Route[] {
  const openApi = JSON.stringify(openApiDocument(routes, { version, basePath }));
  const schema = JSON.stringify(workflowSchema);
  const testCases = JSON.stringify(caseFileSchema);
  const cached = { 'cache-control': 'public, max-age=300' };
  return [
    route({
      method: 'GET',
      path: '/',
      auth: 'public',
      summary: 'List where to go from here',
      replies: {
        200: Type.Object({
          name: Type.String(),
          version: Type.String(),
          links: Type.Record(Type.String(), Type.String()),
        }),
      },
      handle: () => reply(200, { name: 'CloudFlow', version, links }),
    }),
    route({
      method: 'GET',
      path: `${basePath}/openapi.json`,
      auth: 'public',
      summary: 'Read the OpenAPI 3.1 description of the API',
      replies: { 200: 'The OpenAPI document.' },
      handle: () => rawJson(200, openApi, cached),
    }),
    route({
      method: 'GET',
      path: '/schemas/workflow/1.0.json',
      auth: 'public',
      summary: 'Read the JSON Schema of a workflow definition',
      replies: { 200: 'The JSON Schema, for editors.' },
      handle: () => rawJson(200, schema, cached),
    }),
    route({
      method: 'GET',
      path: '/schemas/workflow-test/1.0.json',
      auth: 'public',
      summary: 'Read the JSON Schema of a file of test cases',
      replies: { 200: 'The JSON Schema, for editors.' },
      handle: () => rawJson(200, testCases, cached),
    }),
    pageRoute('/docs', 'Read the documentation of all operations', operationsPage({ routes, basePath, version })),
    pageRoute('/docs/errors', 'Read what each error code means', errorsPage()),
    assetRoute('/docs/style.css', 'text/css; charset=utf-8'),
    assetRoute('/docs/filter.js', 'text/javascript; charset=utf-8'),
  ];
}

const links = {
  documentation: '/docs',
  errors: '/docs/errors',
  openapi: `${basePath}/openapi.json`,
  workflow_schema: '/schemas/workflow/1.0.json',
  health: '/readyz',
  metrics: '/metrics',
};

function pageRoute(path: string, summary: string, text: string): Route {
  return route({
    method: 'GET',
    path,
    auth: 'public',
    summary,
    replies: { 200: 'A page.' },
    handle: () => document('text/html; charset=utf-8', text, pageHeaders),
  });
}

function assetRoute(path: string, contentType: string): Route {
  const text = readFileSync(new URL(`.${path}`, import.meta.url), 'utf8');
  return route({
    method: 'GET',
    path,
    auth: 'public',
    summary: 'Read a part of the documentation pages',
    replies: { 200: 'A file.' },
    handle: () => document(contentType, text, pageHeaders),
  });
}
