#!/usr/bin/env node
/**
 * The command in a clone of the repository: runs src/main.ts, here when this Node runs TypeScript, else on the pinned one.
 * Plain JavaScript for Node 20. A published package has compiled JavaScript in its place.
 */
import { fileURLToPath } from 'node:url';

const main = new URL('../src/main.ts', import.meta.url);
/** The first that the product is made for; scripts/setup/pinned-node.mjs has one. */
const oldestNode = 24;

if (Number.parseInt(process.versions.node, 10) >= oldestNode) await import(main.href);
else await runOnPinnedNode();

async function runOnPinnedNode() {
  const { explainAndExit, root } = await import('../../../scripts/setup/prepare.mjs');
  const { ensurePinnedNode } = await import('../../../scripts/setup/pinned-node.mjs');
  const { runInForeground } = await import('../../../scripts/setup/run-in-foreground.mjs');
  try {
    const node = await ensurePinnedNode(root);
    const args = [fileURLToPath(main), ...process.argv.slice(2)];
    runInForeground(node, args, { cwd: process.cwd(), env: process.env });
  } catch (error) {
    explainAndExit(error);
  }
}
