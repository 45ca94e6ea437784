/** Writes docs/reference/actions.md, what each action takes, gives and can fail with, from the actions themselves. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { actions } from '../packages/connectors/src/index.generated.ts';

/** @typedef {import('@cloudflow/sdk/index.ts').Action} Action */
/** @typedef {{ type?: string, const?: unknown, enum?: unknown[], anyOf?: Schema[], items?: Schema, description?: string, properties?: Record<string, Schema>, required?: string[], patternProperties?: Record<string, Schema> }} Schema */

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs/reference');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'actions.md'), page([...actions].sort((a, b) => (a.type < b.type ? -1 : 1))));

/** @param {readonly Action[]} all */
function page(all) {
  const head = `# Actions

The step types that do something outside of the workflow. Printed from the actions by \`npm run generate\`.
Every action can also fail with \`config_invalid\`, \`output_too_large\`, \`unstorable_value\`, \`aborted\`, \`overloaded\` and
\`action_error\`; see the table of error codes.
`;
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
| error | tried again | meaning |
|---|---|---|
${action.errors.map((error) => `| \`${error.code}\` | ${error.retryable} | ${error.description} |\n`).join('')}`;
}

/**
 * @param {string} title
 * @param {Schema} schema
 */
function fields(title, schema) {
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {}).map(
    ([name, field]) =>
      `| \`${name}\`${required.has(name) ? ' (required)' : ''} | ${typeOf(field)} | ${field.description ?? ''} |\n`,
  );
  return `| ${title} | type | meaning |\n|---|---|---|\n${rows.join('')}`;
}

/**
 * @param {Schema} schema
 * @returns {string}
 */
function typeOf(schema) {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  const [value] = Object.values(schema.patternProperties ?? {});
  if (value) return `object of ${typeOf(value)}`;
  return schema.type ?? 'any';
}
