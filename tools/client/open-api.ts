/** The OpenAPI document of the product as it would be served, without a database: the routes are made, and never called. */
import { createServices } from '../../packages/server/src/compose/services.ts';
import { createStopStack } from '../../packages/server/src/compose/stop-stack.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import { basePath } from '../../packages/server/src/gateway/routes.ts';
import { openApiDocument } from '../../packages/server/src/kernel/http/openapi.ts';
import { createLog } from '../../packages/server/src/kernel/log/log.ts';
import { createMetrics } from '../../packages/server/src/kernel/metrics/metrics.ts';
import { version } from '../../packages/server/src/version.ts';
import type { Schema } from './type-text.ts';

export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
};
export type Content = { readonly [mediaType: string]: { readonly schema: Schema } };
export type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: { readonly [status: string]: { readonly content?: Content } };
  /** The permission that a call needs. */
  readonly 'x-permission'?: string;
};
export type OpenApi = {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema } };
};

export function readOpenApi(): OpenApi {
  const log = createLog({ level: 'error', format: 'json' });
  const { routes } = createServices(readConfig({ environment: {}, isTerminal: false, cwd: '/' }), {
    log,
    metrics: createMetrics(),
    opened: unopened('opened') as never,
    stack: createStopStack(log),
    onFatal(error) {
      throw error;
    },
  });
  // As who asks over HTTP would get it.
  return JSON.parse(JSON.stringify(openApiDocument(routes, { version, basePath }))) as OpenApi;
}

/** Can be taken apart and handed on; whoever uses it hears that nothing is open. */
function unopened(name: string): unknown {
  const use = () => {
    throw new Error(`${name} was used to describe the routes: they have to be made without it`);
  };
  return new Proxy(use, {
    get: (_target, part) => (typeof part === 'symbol' ? undefined : unopened(`${name}.${part}`)),
  });
}
