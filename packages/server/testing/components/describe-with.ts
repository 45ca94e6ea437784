/** Tests that need a server beside PostgreSQL. */
import { describe, it } from 'vitest';
import { type ComponentName, components } from './find.ts';

/** Where it is missing the tests are left out, and their title says why; in CI that is a failure. */
export function describeWith(name: ComponentName, title: string, tests: () => void): void {
  const missing = components[name].missing();
  if (missing === undefined) describe(title, tests);
  else if (process.env['CI'] !== 'true') describe.skip(`${title} (left out: ${missing})`, tests);
  else
    describe(title, () => {
      it(`has ${name}`, () => {
        throw new Error(`${missing}; npm run components installs it`);
      });
    });
}
