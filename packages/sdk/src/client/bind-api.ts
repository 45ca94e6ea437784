/** Makes the methods of the API from its table: `api.executions.get(id)`. */
import type { Api } from './api.generated.ts';
import { operations } from './api.generated.ts';
import { type ApiOperation, type Operations, readArguments, requestOf } from './operation.ts';
import { type Page, Pages } from './pages.ts';
import type { Transport } from './transport.ts';

export function bindApi(transport: Transport): Api {
  const resources = Object.entries(operations satisfies Operations).map(([name, methods]) => {
    const bound = Object.entries(methods).map(([method, operation]) => [method, bind(transport, operation)]);
    return [name, Object.fromEntries(bound)];
  });
  return Object.fromEntries(resources) as Api;
}

function bind(transport: Transport, operation: ApiOperation) {
  return (...given: readonly unknown[]) => {
    const asked = readArguments(operation, given);
    const call = async (fields = asked.fields) => {
      const { data } = await transport.call(requestOf(operation, { ...asked, fields }), asked.options);
      return data;
    };
    if (!operation.isPaged) return call();
    return new Pages(
      (cursor) => call({ ...asked.fields, ...(cursor !== undefined && { cursor }) }) as Promise<Page<unknown>>,
    );
  };
}
