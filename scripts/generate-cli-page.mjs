/** Writes docs/reference/cli.md from the declarations of the commands. */
import { writeFileSync } from 'node:fs';
import { commands } from '../packages/cli/src/command/index.ts';
import { cliPage } from '../packages/cli/src/program/print-page.ts';

writeFileSync(new URL('../docs/reference/cli.md', import.meta.url), cliPage(commands));
