/** How an old Node gets a newer one, with a program in the place of npm. The real fetch is part of e2e/packages.e2e.test.ts. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { broughtNode } from './oldest-node.mjs';

const run = promisify(execFile);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'an old machine '));
  // Where no package `node` is found beside it.
  cpSync(import.meta.dirname, join(folder, 'bin'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const asNpm = (script: string) => writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
const fetching = `echo "$@" >> "$LOG"
for last; do :; done
program="node_modules/\${last%@*}/bin/node"
mkdir -p "$(dirname "$program")" && echo whole > "$program"`;

async function findNewerNode(): Promise<string> {
  const module = JSON.stringify(join(folder, 'bin', 'newer-node.mjs'));
  const code = `import(${module}).then((m) => m.findNewerNode()).then((path) => console.log(path))`;
  const env = { PATH: `${folder}:/usr/bin:/bin`, XDG_CACHE_HOME: join(folder, 'cache'), LOG: join(folder, 'log') };
  const { stdout } = await run(process.execPath, ['-e', code], { env });
  return stdout.trim();
}
const calls = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');

it('two that start at once get one whole Node, and a third asks npm for nothing', async () => {
  asNpm(fetching);
  const [one, other] = await Promise.all([findNewerNode(), findNewerNode()]);
  expect(one).toBe(other);
  expect(readFileSync(one, 'utf8')).toBe('whole\n');
  const before = calls();
  expect(before[0]).toMatch(new RegExp(` node-\\S+@${broughtNode}$`));
  expect(await findNewerNode()).toBe(one);
  expect(calls()).toEqual(before);
  // Nothing half-made is left.
  expect(readdirSync(join(folder, 'cache/cloudflow'))).toEqual([`node-${broughtNode}`]);
});

it('without a registry it says what is needed, and leaves nothing', async () => {
  asNpm('echo "no such registry" >&2; exit 1');
  await expect(findNewerNode()).rejects.toThrow(
    /CloudFlow needs Node 24\.12\.0[\s\S]*no such registry[\s\S]*nodejs\.org/,
  );
  expect(readdirSync(join(folder, 'cache/cloudflow'))).toEqual([]);
});
