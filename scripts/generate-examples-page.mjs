/** Writes examples/README.md, the gallery of the example workflows, from their definitions. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDefinitionFile } from '../packages/cli/src/definition/definition-file.ts';
import { processWorld } from '../packages/cli/src/world.ts';

/** @typedef {{ readonly [field: string]: unknown }} Fields */
/** @typedef {Fields & { readonly type: string }} Step */

const root = new URL('..', import.meta.url);
const blockFields = ['steps', 'on_failure', 'on_cancel'];
/** Fields of a step that a reader may look for. */
const toldFields = ['when', 'join', 'retry', 'on_error', 'compensate', 'lock', 'milestone', 'sensitive', 'timeout'];
const toldValues = ['signal', 'until', 'on_item_error', 'cancel_remaining', 'credential'];
const toldOfWorkflow = ['concurrency', 'on_failure', 'on_cancel', 'labels'];

const files = globSync('examples/*/workflow.{json,yaml,ts}', { cwd: fileURLToPath(root) }).sort();
const rows = [];
for (const file of files) rows.push(row(file, await definitionIn(file)));
const head = readFileSync(new URL('examples-page.md', import.meta.url), 'utf8');
const table = `| example | what it shows | built with |\n|---|---|---|\n${rows.join('')}\n`;
writeFileSync(new URL('examples/README.md', root), head.replace('{{examples}}\n', table));

/** @param {string} file */
async function definitionIn(file) {
  const { document } = await readDefinitionFile(fileURLToPath(new URL(file, root)), processWorld());
  return /** @type {Fields} */ (document);
}

/**
 * @param {string} file
 * @param {Fields} definition
 */
function row(file, definition) {
  const { name, description } = definition;
  const folder = basename(dirname(file));
  return `| [${name ?? folder}](${folder}/${basename(file)}) | ${description} | ${constructs(definition).join(', ')} |\n`;
}

/** @param {Fields} definition */
function constructs(definition) {
  const found = new Set(toldOfWorkflow.filter((field) => field in definition));
  for (const step of stepsIn(definition)) {
    const config = /** @type {Fields} */ (step['config'] ?? {});
    found.add(step.type);
    for (const field of toldFields) if (field in step || (field === 'retry' && field in config)) found.add(field);
    for (const field of toldValues) if (field in config) found.add(field);
    if (step['delivery'] === 'at_most_once') found.add('at_most_once');
  }
  return [...found].sort().map((each) => `\`${each}\``);
}

/**
 * All steps, those inside of others too.
 *
 * @param {unknown} value
 * @returns {Step[]}
 */
function stepsIn(value) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    const own = blockFields.includes(field) && Array.isArray(inner) ? inner.filter(isStep) : [];
    return [...own, ...(field === 'compensate' && isStep(inner) ? [inner] : []), ...stepsIn(inner)];
  });
}

/**
 * @param {unknown} value
 * @returns {value is Step}
 */
function isStep(value) {
  return typeof value === 'object' && value !== null && 'type' in value;
}
