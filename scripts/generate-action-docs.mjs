/** Writes docs/reference/actions.md, what each action takes, gives and can fail with, from the actions themselves. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { actions } from '../packages/connectors/src/index.generated.ts';
import { connectionErrors, credentialErrors } from '../packages/sdk/src/error-codes.ts';

/** @typedef {import('@cloudflow/sdk/index.ts').Action} Action */
/** @typedef {{ type?: string, const?: unknown, enum?: unknown[], anyOf?: Schema[], items?: Schema, description?: string, properties?: Record<string, Schema>, required?: string[], patternProperties?: Record<string, Schema> }} Schema */

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs/reference');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'actions.md'), page([...actions].sort((a, b) => (a.type < b.type ? -1 : 1))));

/** @param {readonly Action[]} all */
function page(all) {
  const head = `# Actions

The step types that do something outside of the workflow, or work on data. Printed from the actions by \`npm run generate\`.
How they are used is shown in [Connect services](../guides/connect-services.md).

| type | what it does |
|---|---|
${all.map(({ type, title }) => `| [\`${type}\`](#${anchor(type, title)}) | ${title} |\n`).join('')}
## Errors of all of them

Every action can also fail with \`config_invalid\`, \`output_too_large\`, \`unstorable_value\`, \`aborted\`, \`overloaded\` and
\`action_error\`; see the table of [error codes](errors.md).

### Of those that send requests

${errorTable(connectionErrors)}
### Of those that use a credential

${errorTable(credentialErrors)}`;
  return [head, ...all.map(section)].join('\n');
}

/** @param {Action} action */
function section(action) {
  const touches = action.effect === 'external' ? 'acts on the outside' : 'touches nothing outside';
  return `## \`${action.type}\`: ${action.title}

${action.description}

Version ${action.version}; ${touches}; default timeout ${action.defaultTimeoutMs / 1000} s.

${fields('Config', action.config)}
${fields('Output', action.output)}
${errors(action)}`;
}

/** What many share is printed once, and named here. @param {Action} action */
function errors({ errors: all }) {
  /** @param {readonly import('@cloudflow/sdk/index.ts').ActionErrorCode[]} rows */
  const has = (rows) => rows.every((row) => all.includes(row));
  const shared = [
    has(connectionErrors) ? '[sends requests](#of-those-that-send-requests)' : '',
    has(credentialErrors) ? '[uses a credential](#of-those-that-use-a-credential)' : '',
  ].filter((text) => text !== '');
  const own = all.filter((row) => !connectionErrors.includes(row) && !credentialErrors.includes(row));
  const table = own.length === 0 ? '' : errorTable(own);
  return [table, shared.length === 0 ? '' : `It ${shared.join(' and ')}.\n`].filter((text) => text !== '').join('\n');
}

/** @param {readonly import('@cloudflow/sdk/index.ts').ActionErrorCode[]} rows */
function errorTable(rows) {
  return `| error | tried again | meaning |
|---|---|---|
${rows.map((row) => `| \`${row.code}\` | ${row.retryable} | ${cell(row.description)} |\n`).join('')}`;
}

/**
 * @param {string} title
 * @param {Schema} schema
 */
function fields(title, schema) {
  return `| ${title} | type | meaning |\n|---|---|---|\n${rows(schema, '')}`;
}

/**
 * @param {Schema} schema
 * @param {string} prefix
 * @returns {string}
 */
function rows(schema, prefix) {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {})
    .map(([name, field]) => {
      const path = prefix + name;
      const inside = field.properties ? rows(field, `${path}.`) : field.items ? rows(field.items, `${path}[].`) : '';
      const must = required.has(name) && prefix === '' ? ' (required)' : '';
      return `| \`${path}\`${must} | ${cell(typeOf(field))} | ${cell(field.description ?? '')} |\n${inside}`;
    })
    .join('');
}

/**
 * @param {Schema} schema
 * @returns {string}
 */
function typeOf(schema) {
  if (schema.enum) return schema.enum.map(literal).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  const [value] = Object.values(schema.patternProperties ?? {});
  if (value) return `object of ${typeOf(value)}`;
  return schema.type ?? 'any';
}

/** A word as it is, and what is none as JSON. @param {unknown} value */
function literal(value) {
  return /^[\w.-]+$/.test(String(value)) ? `\`${value}\`` : `\`${JSON.stringify(value)}\``;
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|');
}

/**
 * As the readers of Markdown make the address of a heading.
 *
 * @param {string} type
 * @param {string} title
 */
function anchor(type, title) {
  return `${type}: ${title}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9_ -]/g, '')
    .replaceAll(' ', '-');
}
