/** Prints the OpenAPI 3.1 document from the routes: there is nothing to keep in step by hand. */
import { problemCodes } from '../errors/problem-codes.ts';
import { problemHeaders, successHeaders } from './reply-headers.ts';
import type { Route } from './route.ts';

export type OpenApiInfo = { readonly version: string; readonly basePath: string };

type JsonSchema = Readonly<Record<string, unknown>>;

export function openApiDocument(routes: readonly Route[], { version, basePath }: OpenApiInfo) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = braced(route.path);
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'CloudFlow API',
      version,
      description:
        'Workflows, their executions, and what happened in them. Errors are RFC 9457 problems; see /docs/errors.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: basePath }],
    security: [{ bearer: [] }, { apiKey: [] }],
    tags: [...new Set(routes.flatMap((route) => route.tags ?? []))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key, `cfk_live_…`.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
      schemas: { Problem: problemSchema },
      responses: {
        Problem: {
          description: 'A refusal',
          headers: problemHeaders,
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

function operation(route: Route) {
  const { auth, summary, description, tags, body, needsBody = body && hasRequired(body) } = route;
  return {
    operationId: operationId(route),
    summary,
    ...(description !== undefined && { description }),
    ...(tags && { tags }),
    ...(auth === 'public' ? { security: [] } : { 'x-permission': auth.permission }),
    parameters: [
      ...parameters('path', route.params),
      ...parameters('query', route.query),
      ...parameters('header', route.headers),
    ],
    ...(body && { requestBody: { required: needsBody, content: { 'application/json': { schema: body } } } }),
    responses: { ...responses(route), default: { $ref: '#/components/responses/Problem' } },
  };
}

function responses({ replies, replyHeaders, streams }: Route) {
  const headers = successHeaders(replyHeaders);
  return Object.fromEntries(
    Object.entries(replies).map(([status, schema]) => {
      if (typeof schema === 'string') return [status, { description: schema, headers }];
      const { description = 'Success' } = schema as { description?: string };
      const content = { 'application/json': { schema }, ...(status === '200' && streams && streamed(streams)) };
      return [status, { description, headers, content }];
    }),
  );
}

function streamed({ contentType, description }: NonNullable<Route['streams']>) {
  return { [contentType]: { schema: { type: 'string', description } } };
}

type ObjectSchema = { readonly properties: Readonly<Record<string, object>>; readonly required?: readonly string[] };

function parameters(place: 'path' | 'query' | 'header', schema: ObjectSchema | undefined) {
  if (schema === undefined) return [];
  // OpenAPI takes no header parameter `Accept`: the content of the responses says what there is.
  const entries = Object.entries(schema.properties).filter(([name]) => name !== 'accept');
  return entries.map(([name, property]) => {
    const { description, ...rest } = property as JsonSchema;
    const required = place === 'path' || (schema.required?.includes(name) ?? false);
    return { name, in: place, required, ...(description !== undefined && { description }), schema: rest };
  });
}

function hasRequired(schema: object): boolean {
  return 'required' in schema && Array.isArray(schema.required) && schema.required.length > 0;
}

/** `POST /workflows/:id/execute` is `postWorkflowsByIdExecute`. */
function operationId({ method, path }: Route): string {
  const words = path
    .split(/[/.-]/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith(':') ? `by_${part.slice(1)}` : part));
  return [method.toLowerCase(), ...words]
    .join('_')
    .replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

function braced(path: string): string {
  return path.replace(/:([A-Za-z_]+)/g, '{$1}');
}

const problemSchema: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'correlation_id'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'A page that explains the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened in this case.' },
    instance: { type: 'string', format: 'uri-reference' },
    code: { type: 'string', enum: Object.keys(problemCodes) },
    correlation_id: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'message'],
        properties: {
          pointer: {
            type: 'string',
            description: 'JSON pointer; `/query/…` and `/headers/…` for what is not in the body.',
          },
          code: { type: 'string' },
          message: { type: 'string' },
          suggestion: { type: 'string', description: 'What was probably meant.' },
        },
      },
    },
  },
};
