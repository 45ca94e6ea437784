/** Writes docs/reference/config.md from the table of settings. */
import { writeFileSync } from 'node:fs';
import { configPage } from '../packages/server/src/print-config.ts';

writeFileSync(new URL('../docs/reference/config.md', import.meta.url), configPage());
