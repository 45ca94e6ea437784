/** The version of this release, from the package. */
import { readFileSync } from 'node:fs';

export const version: string = read();

function read(): string {
  const { version: text } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return text;
}
