/** Writes docs/reference/definition.md and the published JSON Schemas of definitions and of their test cases. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  expressionCodes,
  meaningCodes,
  problemCodes,
  warningCodes,
} from '../packages/core/src/definition/issue-codes.ts';
import { workflowSchema } from '../packages/core/src/definition/schema/workflow-schema.ts';
import { controlTypes } from '../packages/core/src/definition/types/index.ts';
import { caseFileSchema } from '../packages/core/src/test-run/case-schema.ts';

/** @typedef {{ type?: string | string[], const?: unknown, enum?: unknown[], anyOf?: Schema[], items?: Schema, $ref?: string, description?: string, default?: unknown, minimum?: number, maximum?: number, properties?: Record<string, Schema>, additionalProperties?: Schema, examples?: unknown[], required?: string[], 'x-expected'?: string }} Schema */

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs/reference');
const schema = /** @type {Schema & { $defs: Record<string, Schema> }} */ (/** @type {unknown} */ (workflowSchema));

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'workflow-1.0.schema.json'), `${JSON.stringify(workflowSchema, null, 2)}\n`);
writeFileSync(join(folder, 'workflow-test-1.0.schema.json'), `${JSON.stringify(caseFileSchema, null, 2)}\n`);
writeFileSync(join(folder, 'definition.md'), page());

function page() {
  const steps = /** @type {Schema} */ (schema.$defs.step);
  return `# Workflow definitions, version 1.0

A workflow is one JSON document. Printed from the JSON Schema of the language by \`npm run generate\`; the schema itself is
[workflow-1.0.schema.json](workflow-1.0.schema.json), served at \`GET /schemas/workflow/1.0.json\`. Unknown fields are refused.

Durations are a number of milliseconds (\`5000\`) or text: \`250ms 5s 10m 2h 3d\` or ISO 8601 (\`PT5S\`).

## Top level

${fields(schema)}
## Steps

${fields(steps)}
### \`retry\`

${fields(/** @type {Schema} */ (schema.$defs.retry))}
### \`on_error\` as a handler

${fields(/** @type {Schema} */ (schema.$defs.onError?.anyOf?.[1]))}
${readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'rounds-and-arrivals.md'), 'utf8')}
## Control types

The types of actions are in [actions.md](actions.md).

${controlTypes.map(controlType).join('\n')}
## Codes

${codes('Errors of shape, also of an input', problemCodes)}
${codes('Errors of expressions', expressionCodes)}
${codes('Errors of meaning', meaningCodes)}
${codes('Warnings', warningCodes)}`;
}

/** @param {typeof controlTypes[number]} type */
function controlType(type) {
  const alias = type.aliases.length === 0 ? '' : ` (also \`${type.aliases.join('`, `')}\`)`;
  const config = /** @type {Schema} */ (/** @type {unknown} */ (type.configSchema));
  return `### \`${type.type}\`${alias}

${type.summary}

${config.properties === undefined ? `\`config\`: ${config.description ?? ''}\n` : fields(config)}${(config.examples ?? []).map(example).join('')}`;
}

/** @param {unknown} config */
function example(config) {
  return `\n\`\`\`json\n${JSON.stringify(config, null, 2)}\n\`\`\`\n`;
}

/**
 * @param {Schema} object
 * @param {string} [prefix]
 * @returns {string}
 */
function fields(object, prefix = '') {
  return `| field | type | meaning |\n|---|---|---|\n${rows(object, prefix)}`;
}

/**
 * @param {Schema} object
 * @param {string} prefix
 * @returns {string}
 */
function rows(object, prefix) {
  return Object.entries(object.properties ?? {})
    .map(([name, field]) => {
      const meaning = field.description ?? target(field)?.description ?? '';
      const required = object.required?.includes(name) ? ', required' : '';
      const fallback = field.default === undefined ? '' : ` Default: \`${JSON.stringify(field.default)}\`.`;
      const inner = innerRows(field, prefix + name);
      return `| \`${prefix}${name}\` | ${cell(kind(field))}${required} | ${cell(meaning + fallback)} |\n${inner}`;
    })
    .join('');
}

/**
 * @param {Schema} field
 * @param {string} name
 */
function innerRows(field, name) {
  if (field.items?.properties) return rows(field.items, `${name}[].`);
  return field.additionalProperties?.properties
    ? rows(field.additionalProperties, `${name}.*.`)
    : rows(field, `${name}.`);
}

/** @param {Schema} field */
function target(field) {
  return field.$ref === undefined ? undefined : schema.$defs[field.$ref.slice('#/$defs/'.length)];
}

/** @param {Schema} field @returns {string} */
function kind(field) {
  if (field.$ref !== undefined)
    return { '#/$defs/steps': 'array of steps' }[field.$ref] ?? field.$ref.slice('#/$defs/'.length);
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((each) => `\`${JSON.stringify(each)}\``).join(', ');
  if (field.anyOf !== undefined) return field.anyOf.map((each) => each['x-expected'] ?? kind(each)).join(' or ');
  const type = Array.isArray(field.type) ? field.type.join(' or ') : (field.type ?? 'any value');
  const range = [field.minimum, field.maximum].every((each) => each !== undefined)
    ? ` ${field.minimum} to ${field.maximum}`
    : '';
  return type + range;
}

/** @param {string} title @param {Record<string, string>} table */
function codes(title, table) {
  return `### ${title}\n\n| code | meaning |\n|---|---|\n${Object.entries(table)
    .map(([code, meaning]) => `| \`${code}\` | ${cell(meaning)} |\n`)
    .join('')}`;
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|');
}
