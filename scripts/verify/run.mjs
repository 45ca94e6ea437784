/** How a step of `npm run verify` runs a program, and how it learns what the tests said. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs a program on this Node. Its output is kept, and shown when it fails or with `show`.
 *
 * @param {string} root
 * @param {string} file
 * @param {string[]} args
 * @param {{ show?: boolean }} [options]
 * @returns {Promise<import('./steps.mjs').Result>}
 */
export function runNode(root, file, args, { show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    /** @param {Buffer} chunk */
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ ok: false, output: `${file}: ${error.message}` }));
    child.on('close', (code) => resolve({ ok: code === 0, output: code !== 0 || show ? output : '' }));
  });
}

/**
 * Runs the tests of one kind. They report as they go, since they take minutes; the counts come from vitest's own report.
 *
 * @param {string} root
 * @param {string} project of vitest.config.ts
 * @returns {Promise<import('./steps.mjs').Result>}
 */
export async function runTests(root, project) {
  const report = join(root, 'reports', `${project}.json`);
  mkdirSync(join(root, 'reports'), { recursive: true });
  // A report of an earlier run must not stand in for one that could not be written.
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await new Promise((resolve) => {
    const args = [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', project, ...reporters];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(1));
    child.on('close', resolve);
  });
  const { passed, failed } = readReport(report);
  return {
    ok: code === 0 && passed > 0,
    output: passed > 0 ? '' : `no test of "${project}" has passed\n`,
    passed,
    failed,
  };
}

/** @param {string} path */
function readReport(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return { passed: Number(report.numPassedTests), failed: Number(report.numFailedTests) };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
