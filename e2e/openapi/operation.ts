/** The operations of an OpenAPI document, and what an answer has to be. */
import { compileSchema } from '../../packages/core/src/definition/json-schema/compile-schema.ts';
import { isJsonObject, type Json, type JsonObject } from '../../packages/core/src/json.ts';

export type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Json;
};

export type Operation = {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly parameters: readonly Parameter[];
  /** The schema of its body; undefined: it takes none. */
  readonly body: Json | undefined;
  /** What is wrong with an answer; empty: nothing. */
  judge(status: number, contentType: string, text: string): readonly string[];
  /** Whether a body fits the document. */
  takes(body: Json): boolean;
};

export type OpenApi = { readonly paths: JsonObject; readonly components: JsonObject };

export function operationsOf(document: OpenApi): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as JsonObject).map(([method, each]) =>
      operationOf(document, path, method, each as JsonObject),
    ),
  );
}

function operationOf(document: OpenApi, path: string, method: string, operation: JsonObject): Operation {
  const { parameters = [], requestBody, responses, security } = operation;
  const body = isJsonObject(requestBody) ? requestBody : null;
  const bodySchema = body === null ? undefined : schemaIn(body['content'], 'application/json');
  const fits = bodySchema === undefined ? undefined : checkerOf(bodySchema);
  const replies = new Map(Object.entries(responses as JsonObject));
  const problem = checkerOf((document.components['schemas'] as JsonObject)['Problem'] as Json);
  return {
    method: method.toUpperCase(),
    path,
    isPublic: Array.isArray(security) && security.length === 0,
    parameters: parameters as unknown as readonly Parameter[],
    body: bodySchema,
    takes: (value) => fits === undefined || fits(value).length === 0,
    judge(status, contentType, text) {
      if (status >= 500 && status !== 503) return [`answered ${status}: ${text.slice(0, 300)}`];
      const [type = ''] = contentType.split(';');
      if (status >= 400) {
        if (type !== 'application/problem+json') return [`a refusal (${status}) is ${type || 'nothing'}`];
        return problem(JSON.parse(text) as Json).map((wrong) => `the problem: ${wrong}`);
      }
      const reply = replies.get(String(status));
      if (!isJsonObject(reply)) return [`${status} is not in the document`];
      if (!isJsonObject(reply['content'])) return text === '' ? [] : [`${status} has a body, and none in the document`];
      const schema = schemaIn(reply['content'], type);
      if (schema === undefined) return [`${type} is not in the document for ${status}`];
      return type === 'application/json' ? checkerOf(schema)(JSON.parse(text) as Json) : [];
    },
  };
}

function schemaIn(content: Json | undefined, type: string): Json | undefined {
  const media = isJsonObject(content) ? content[type] : undefined;
  return isJsonObject(media) ? media['schema'] : undefined;
}

const checkers = new Map<Json, (value: Json) => readonly string[]>();

function checkerOf(schema: Json): (value: Json) => readonly string[] {
  const made = checkers.get(schema);
  if (made !== undefined) return made;
  const compiled = compileSchema(schema);
  if ('problems' in compiled)
    throw new Error(`the document has a schema that is none: ${JSON.stringify(compiled.problems)}`);
  const check = (value: Json) => compiled.ok.check(value).map(({ pointer, message }) => `${pointer} ${message}`);
  checkers.set(schema, check);
  return check;
}
