/** The typed part of the client as a file: types, what each method takes and gives, and the table that the methods are made from. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { capital, type Method, resourcesOf } from './method.ts';
import { type NamedTypes, namedTypes, rowOf } from './named-types.ts';
import type { OpenApi } from './open-api.ts';
import { comment, key, type Schema, shapeText, typeText } from './type-text.ts';

const head = `/**
 * The API as types and as a table: printed from the routes by \`npm run generate\`, do not edit. What is written by hand is
 * beside it.
 */
import type { BoundOptions, CallOptions, CreateOptions } from './call-options.ts';
import type { Operations } from './operation.ts';
import type { Pages } from './pages.ts';
`;

export function printClient({ components }: OpenApi, methods: readonly Method[]): string {
  const names = namedTypes(methods);
  const codes = components.schemas.Problem?.properties?.code;
  if (codes === undefined) throw new Error('the OpenAPI document has no table of codes');
  const resources = resourcesOf(methods);
  return formatted(
    [
      head,
      `/** Every refusal of the API: the table at /docs/errors. */\nexport type ProblemCode = ${typeText(codes)};`,
      ...names.all.map(([name, schema]) => `export type ${name} = ${shapeText(schema, names.nameOf)};`),
      ...methods.flatMap((method) => paramsType(method, names)),
      ...methods.flatMap((method) => replyType(method, names)),
      ...resources.map(([resource, own]) => {
        const signatures = own.map((each) => signature(each, names));
        return `export type ${capital(resource)}Api = {\n${signatures.join('\n')}\n};`;
      }),
      `export type Api = {\n${resources.map(([each]) => `readonly ${each}: ${capital(each)}Api;`).join('\n')}\n};`,
      `export const operations = {\n${resources.map(([each, own]) => `${each}: {\n${own.map(entry).join('\n')}\n},`).join('\n')}\n} as const satisfies Operations;`,
    ].join('\n\n'),
  );
}

const paramsName = ({ resource, name }: Method) => `${capital(resource)}${capital(name)}Params`;
const replyName = ({ resource, name }: Method) => `${capital(resource)}${capital(name)}Reply`;

/** What a method is given beside the places in its path: fields of the query and of the body together. */
function paramsType(method: Method, { nameOf }: NamedTypes): string[] {
  const schema = paramsOf(method);
  return schema === undefined ? [] : [`export type ${paramsName(method)} = ${shapeText(schema, nameOf)};`];
}

export function paramsOf({ query, body }: Method): Schema | undefined {
  const fields = body && !body.isWhole ? body.schema : {};
  const asked = query.map(({ name, schema, description }) => [
    name,
    { ...schema, ...(description && { description }) },
  ]);
  const properties = { ...fields.properties, ...Object.fromEntries(asked) };
  if (Object.keys(properties).length === 0) return undefined;
  const required = [...(fields.required ?? []), ...query.filter((each) => each.required).map(({ name }) => name)];
  return { type: 'object', properties, required };
}

function replyType(method: Method, { nameOf }: NamedTypes): string[] {
  if (method.isPaged) return [];
  const own = [...method.replies.values()].filter((schema) => nameOf(schema) === undefined);
  if (own.length === 0) return [];
  return [
    `export type ${replyName(method)} = ${[...new Set(own.map((each) => shapeText(each, nameOf)))].join(' | ')};`,
  ];
}

function replyText(method: Method, { nameOf }: NamedTypes): string {
  if (method.isPaged) return pagesText(method, nameOf);
  const types = [...method.replies.values()].map((schema) => nameOf(schema) ?? replyName(method));
  if (method.isOpaque) types.push('Response');
  return `Promise<${[...new Set(types)].join(' | ') || 'void'}>`;
}

function pagesText(method: Method, nameOf: NamedTypes['nameOf']): string {
  const [page] = [...method.replies.values()];
  const { data: _data, next_cursor: _cursor, ...more } = page?.properties ?? {};
  const row = typeText(rowOf(method) ?? {}, nameOf);
  if (Object.keys(more).length === 0) return `Pages<${row}>`;
  return `Pages<${row}, ${shapeText({ type: 'object', properties: more, required: [] }, nameOf)}>`;
}

function signature(method: Method, names: NamedTypes): string {
  const { name, operation, verb, path } = method;
  const { summary, description } = operation;
  const text = [`${summary}.`, description, `\`${verb} ${path}\``].filter((each) => each !== undefined).join(' ');
  return `${comment(text)}${name}(${argumentsText(method, names)}): ${replyText(method, names)};`;
}

export function argumentsText(method: Method, names: NamedTypes): string {
  const { places, body, takesKey, takesIfMatch } = method;
  const all = places.map((place) => `${place}: string`);
  if (body?.isWhole) all.push(`body${body.isRequired ? '' : '?'}: ${typeText(body.schema, names.nameOf)}`);
  const params = paramsOf(method);
  if (params) all.push(`params${params.required?.length ? '' : '?'}: ${paramsName(method)}`);
  all.push(`options?: ${takesKey ? 'CreateOptions' : takesIfMatch ? 'BoundOptions' : 'CallOptions'}`);
  return all.join(', ');
}

function entry({ name, verb, path, query, body, takesKey, isPaged, isRepeatable, isOpaque }: Method): string {
  const facts = [
    `verb: '${verb}'`,
    `path: '${path}'`,
    ...(query.length > 0 ? [`query: [${query.map((each) => `'${each.name}'`).join(', ')}]`] : []),
    ...(body ? [`body: '${body.isWhole ? 'whole' : 'fields'}'`] : []),
    ...(takesKey ? ['takesKey: true'] : []),
    ...(isPaged ? ['isPaged: true'] : []),
    ...(isRepeatable ? ['isRepeatable: true'] : []),
    ...(isOpaque ? ['isOpaque: true'] : []),
  ];
  return `${key(name)}: { ${facts.join(', ')} },`;
}

/** As `npm run format` would leave it. */
function formatted(text: string): string {
  const biome = fileURLToPath(new URL('../../node_modules/@biomejs/biome/bin/biome', import.meta.url));
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [biome, 'format', '--stdin-file-path=packages/sdk/src/client/api.generated.ts'],
    { input: text, encoding: 'utf8', cwd: fileURLToPath(new URL('../../', import.meta.url)) },
  );
  if (status !== 0) throw new Error(`the generated client cannot be formatted: ${error?.message ?? stderr}`);
  return stdout;
}
