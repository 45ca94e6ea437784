/** `npm run architecture`: prints each violation of the house rules that a tool can see, and fails when there is one. */
import { checkArchitecture } from './check.ts';
import { printed } from './violation.ts';

const root = new URL('../..', import.meta.url).pathname;
const { violations, files, imports } = checkArchitecture(decodeURIComponent(root), { atLeast: 100 });
for (const violation of violations) console.error(printed(violation));
console.error(`${files} files, ${imports} imports between them, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
