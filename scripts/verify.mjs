/**
 * `npm run verify [step …]`: everything that must hold before a change is merged, each step even when an earlier one
 * failed. Ends with `N passed, N failed` on a line of its own; see summary.mjs.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leftOut } from '../packages/server/testing/components/find.ts';
import { steps } from './verify/steps.mjs';
import { summary } from './verify/summary.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !steps.some((step) => step.name === name));
if (unknown !== undefined) {
  console.error(`there is no step "${unknown}"; there are: ${steps.map((step) => step.name).join(', ')}`);
  process.exit(2);
}

/** @type {import('./verify/steps.mjs').Result[]} */
const results = [];
/** @type {string[]} */
const lines = [];
for (const step of steps.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  const begun = performance.now();
  const result = await outcome(step);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  results.push(result);
  const line = `${result.ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(13)} ${seconds.padStart(6)} s  ${step.what}`;
  lines.push(line);
  console.log(line);
  if (result.output !== '') console.log(result.output.trimEnd());
}
const { line: last, failed } = summary(results);
const ranTests = results.some((result) => result.passed !== undefined);
const notes = ranTests ? leftOut() : [];
console.log(`\n${[...lines, ...notes].join('\n')}\n\n${last}`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * @param {import('./verify/steps.mjs').Step} step
 * @returns {Promise<import('./verify/steps.mjs').Result>}
 */
async function outcome(step) {
  try {
    return await step.run(root);
  } catch (error) {
    return { ok: false, output: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
