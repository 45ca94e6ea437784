/** A small catalogue of actions for tests of definitions. */
import type { ActionCatalog, ActionShape } from '../../src/definition/plan.ts';

const httpRequest: ActionShape = {
  type: 'http_request',
  defaultTimeoutMs: 30_000,
  configSchema: {
    type: 'object',
    required: ['url'],
    additionalProperties: false,
    properties: {
      url: { description: 'Where to', type: 'string', minLength: 1 },
      method: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      body: {},
      follow_redirects: { type: 'boolean' },
    },
  },
};

export const testActions: ActionCatalog = {
  find: (type) => (type === httpRequest.type ? httpRequest : undefined),
  types: () => [httpRequest.type],
};
