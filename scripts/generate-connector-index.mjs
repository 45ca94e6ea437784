/**
 * Writes packages/connectors/src/index.generated.ts, the list of all actions, from the names of their files: an action is
 * added by adding its file.
 */
import { globSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages/connectors/src');
const files = globSync('*/*.action.ts', { cwd: source })
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

const text = `/** All actions that come with the server. Written by scripts/generate-connector-index.mjs from the names of the files. */
import type { Action } from '@cloudflow/sdk/index.ts';
${files.map((file) => `import ${identifier(file)} from './${file}';\n`).join('')}
export const actions: readonly Action[] = [
${files.map((file) => `  ${identifier(file)},\n`).join('')}];
`;

writeFileSync(join(source, 'index.generated.ts'), text);

/**
 * `slack/post-message.v2.action.ts` is `slackPostMessageV2`.
 * @param {string} file
 */
function identifier(file) {
  return file.replace('.action.ts', '').replace(/[^a-zA-Z0-9]+(.)/g, (_all, letter) => letter.toUpperCase());
}
