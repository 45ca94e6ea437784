/**
 * Records the journals of this release: `npm run record:histories`, once, just before it. Runs the cases and the patterns on
 * the product and keeps what they wrote in packages/core/histories/VERSION. Later releases replay them and never change them.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import server from '../packages/server/package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const folder = join(root, 'packages/core/histories', server.version);
if (existsSync(folder)) {
  console.error(
    `${folder} is there already: what was recorded of a release stays as it is. Remove it only before the release.`,
  );
  process.exit(1);
}
const command = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', 'e2e/acceptance', 'e2e/patterns'];
const env = { ...process.env, CLOUDFLOW_RECORD_HISTORIES: folder };
const { status } = spawnSync(process.execPath, command, { cwd: root, env, stdio: 'inherit' });
if (status !== 0) process.exit(1);

/** @type {Record<string, string>} */
const digests = {};
for (const name of readdirSync(folder).toSorted()) {
  digests[name] = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');
}
writeFileSync(join(folder, 'digests.json'), `${JSON.stringify(digests, null, 2)}\n`);
console.log(`${Object.keys(digests).length} histories are in ${folder}`);
