/** The HTTP edge: mounts the routes of all services, and describes them. */
import type { Json } from '@cloudflow/core/json.ts';
import type { Health } from '../kernel/health/health.ts';
import type { Authenticate } from '../kernel/http/caller.ts';
import { mount } from '../kernel/http/mount.ts';
import type { Route } from '../kernel/http/route.ts';
import { createHttpServer, type HttpServer } from '../kernel/http/server.ts';
import type { Logger } from '../kernel/log/log.ts';
import { createHttpMetrics } from '../kernel/metrics/http-metrics.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { basePath, descriptionRoutes, operationalRoutes } from './routes.ts';

export type GatewayDeps = {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly authenticate: Authenticate;
  /** Of all services, with paths below `/api/v1`. Empty when another process answers for the API. */
  readonly routes: readonly Route[];
  readonly workflowSchema: Json;
  readonly version: string;
  readonly maxBodyBytes: number;
  readonly corsOrigins: readonly string[];
};

export type Gateway = HttpServer & {
  /** Every route as it is mounted, with its whole path: what a test walks. */
  readonly mounted: readonly Route[];
};

/** The paths of the architecture documents without a base path; they reach the same handlers. */
const aliased = /^\/workflows(\/|$)/;

export function createGateway(deps: GatewayDeps): Gateway {
  const server = createHttpServer({
    log: deps.log,
    authenticate: deps.authenticate,
    maxBodyBytes: deps.maxBodyBytes,
    corsOrigins: deps.corsOrigins,
    observe: createHttpMetrics(deps.metrics),
  });
  const { routes } = deps;
  const bare = [
    ...operationalRoutes(deps),
    ...(routes.length > 0 ? descriptionRoutes(deps) : []),
    ...routes.filter(({ path }) => aliased.test(path)),
  ];
  mount(server, basePath, routes);
  mount(server, '', bare);
  const mounted = [...routes.map((entry) => ({ ...entry, path: `${basePath}${entry.path}` })), ...bare];
  return { ...server, mounted };
}
