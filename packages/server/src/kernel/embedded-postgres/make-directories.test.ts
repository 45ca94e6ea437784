import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { makeDirectories } from './make-directories.ts';

const folder = mkdtempSync(join(tmpdir(), 'directories '));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('makes all levels with the mode, and is content with what is there', () => {
  const path = join(folder, 'a', 'b');
  makeDirectories(path, 0o700);
  makeDirectories(path, 0o700);
  expect([path, join(folder, 'a')].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
});

it('fails below a file', () => {
  makeDirectories(folder, 0o700);
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeDirectories(join(folder, 'file', 'a'), 0o700)).toThrow(/EEXIST|ENOTDIR/);
});

it.runIf(process.platform === 'linux')(
  'fails at once where nothing can be made, though the directory above is there',
  () => {
    expect(() => makeDirectories('/proc/x/y', 0o700)).toThrow('ENOENT');
  },
);
