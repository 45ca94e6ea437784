#!/usr/bin/env node
/** The command: runs src/main.ts here when this Node can, else on one that can. Plain JavaScript for Node 20. */
import { fileURLToPath } from 'node:url';
import { isNewEnough } from './oldest-node.mjs';

const main = new URL('../src/main.ts', import.meta.url);

if (isNewEnough(process.versions.node)) await import(main.href);
else await runOnNewerNode();

async function runOnNewerNode() {
  const { findNewerNode } = await import('./newer-node.mjs');
  const { runInForeground } = await import('./run-in-foreground.mjs');
  try {
    const args = [fileURLToPath(main), ...process.argv.slice(2)];
    runInForeground(await findNewerNode(), args, { cwd: process.cwd(), env: process.env });
  } catch (error) {
    process.stderr.write(`cloudflow: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}
