/** A workspace as JavaScript and declarations, under its own compiler settings. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const flags = [
  ...['--noEmit', 'false', '--declaration', '--rewriteRelativeImportExtensions'],
  // Types are what `npm run types` checks; here it would refuse imports of other workspaces, whose `.ts` stays as it is.
  '--noCheck',
];

/** What is beside the sources and is no part of the product. */
const leftOut = /(\.ts|\.md)$/;

/** Fills `target` with what the folder `src` of a workspace becomes. */
export async function compile(root: string, folder: string, target: string): Promise<void> {
  const source = join(root, 'packages', folder);
  // With what it imports of other workspaces, which is thrown away.
  const out = mkdtempSync(join(tmpdir(), 'cloudflow-compiled-'));
  try {
    await runCompiler(root, ['-p', source, '--rootDir', join(root, 'packages'), '--outDir', out, ...flags]);
    cpSync(join(out, folder, 'src'), target, { recursive: true });
  } finally {
    rmSync(out, { recursive: true });
  }
  copyAssets(join(source, 'src'), target);
}

async function runCompiler(root: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`tsc ${args.join(' ')} ended with ${code}\n${output}`);
}

/** Style sheets and scripts of pages. */
function copyAssets(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || leftOut.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    cpSync(path, join(to, path.slice(from.length)));
  }
}
