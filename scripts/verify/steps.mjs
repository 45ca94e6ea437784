/** What `npm run verify` checks, in this order: cheap things first. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate, generators } from '../generate.mjs';
import { runNode, runTests } from './run.mjs';

/**
 * @typedef {{ ok: boolean, output: string, passed?: number, failed?: number }} Result
 *   `output` is what a person needs to see: all of it after a failure, a line or a table else
 * @typedef {{ name: string, what: string, run: (root: string) => Promise<Result> }} Step
 */

/** @type {readonly Step[]} */
export const steps = [
  {
    name: 'style',
    what: 'formatting and lint',
    run: (root) => runNode(root, bin('@biomejs/biome/bin/biome'), ['ci', '--colors=off', '--error-on-warnings', '.']),
  },
  { name: 'types', what: 'types of each workspace, of tests and tools', run: checkTypes },
  {
    name: 'architecture',
    what: 'the dependency rule and what is forbidden',
    run: (root) => runNode(root, 'tools/architecture/main.ts', []),
  },
  { name: 'unused', what: 'code and dependencies that nothing uses, or only a test', run: checkUnused },
  {
    name: 'size',
    what: 'sizes of files and functions',
    run: (root) => runNode(root, 'tools/size/main.ts', [], { show: true }),
  },
  { name: 'generated', what: 'generated files are fresh', run: checkGenerated },
  { name: 'unit', what: 'tests of rules', run: (root) => runTests(root, 'unit') },
  { name: 'db', what: 'tests against a real PostgreSQL', run: (root) => runTests(root, 'db') },
  { name: 'e2e', what: 'tests of the whole product', run: (root) => runTests(root, 'e2e') },
];

/** @param {string} path of a file in a package */
function bin(path) {
  return join('node_modules', path);
}

/**
 * @param {string} root
 * @returns {Promise<Result>}
 */
async function checkTypes(root) {
  const workspaces = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'tsconfig.json')),
  );
  const projects = [...workspaces.map((name) => `packages/${name}`), '.'];
  const output = [];
  for (const project of projects) {
    const result = await runNode(root, bin('typescript/bin/tsc'), ['-p', project, '--pretty', 'false']);
    if (!result.ok) output.push(`in ${project}:\n${result.output}`);
  }
  return { ok: output.length === 0, output: output.join('\n') };
}

/**
 * Twice: with the tests, and without them, since what only its test can reach is not part of the product.
 *
 * @param {string} root
 * @returns {Promise<Result>}
 */
async function checkUnused(root) {
  const knip = bin('knip/bin/knip.js');
  const all = await runNode(root, knip, ['--no-config-hints']);
  const product = await runNode(root, knip, ['--no-config-hints', '--production']);
  const output = [all.output, product.output && `Without the tests:\n${product.output}`].join('');
  return { ok: all.ok && product.ok, output };
}

/**
 * Compares with what was there before instead of with git, so that work in progress can be verified.
 *
 * @param {string} root
 * @returns {Promise<Result>}
 */
async function checkGenerated(root) {
  const outputs = generators.flatMap((generator) => generator.outputs);
  /** @param {string} path */
  const read = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined);
  const before = outputs.map(read);
  generate();
  const stale = outputs.filter((path, at) => read(path) !== before[at]);
  const output = stale.map((path) => `${path} was not fresh; it is now: look at the difference and commit it\n`);
  return { ok: stale.length === 0, output: output.join('') };
}
