/** `npm run size`: prints the size table, and fails when something is too long. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import allowed from './allowed-functions.json' with { type: 'json' };
import { excesses } from './limits.ts';
import { measure } from './measure.ts';
import { sizeTable } from './table.ts';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const ours = ['packages/*/{src,testing}/**/*.ts', '{e2e,bench,tools}/**/*.ts', 'scripts/**/*.mjs'];
// What is printed from code is read as little as it is written.
const files = globSync(ours, { exclude: ['**/node_modules/**', '**/*.generated.ts'] })
  .sort()
  .map((path) => measure(path, readFileSync(path, 'utf8')));
const found = excesses(files, allowed);
console.log(sizeTable(files));
for (const sentence of found) console.error(sentence);
process.exitCode = files.length > 0 && found.length === 0 ? 0 : 1;
