/** When the set-up has nothing to do, and what it refuses. Installing itself is what each fresh clone tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureInstalled } from './install.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'a clone '));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, content: object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
}

/** A clone in which everything is installed as locked; npm would fail in it, since there is no such package. */
function clone({ installed = {}, manifest = {} } = {}): void {
  const packages = {
    '': { dependencies: { 'not-on-any-registry': '1.0.0' } },
    'packages/core': {},
    'node_modules/not-on-any-registry': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  };
  write('package-lock.json', { packages });
  write('package.json', { dependencies: { 'not-on-any-registry': '1.0.0' }, ...manifest });
  write('packages/core/package.json', {});
  const there = { version: '1.0.0', integrity: 'sha512-a' };
  write('node_modules/.package-lock.json', {
    packages: { 'packages/core': {}, 'node_modules/not-on-any-registry': { ...there, ...installed } },
  });
}

it('does nothing when what is installed is what is locked', async () => {
  clone();
  await expect(ensureInstalled(root)).resolves.toBeUndefined();
});

it('refuses a manifest that the lockfile does not know', async () => {
  clone({ manifest: { dependencies: { 'not-on-any-registry': '2.0.0' } } });
  await expect(ensureInstalled(root)).rejects.toThrow('package.json and package-lock.json disagree');
});

it('says that the lockfile is missing', async () => {
  await expect(ensureInstalled(root)).rejects.toThrow('package-lock.json is missing');
});
