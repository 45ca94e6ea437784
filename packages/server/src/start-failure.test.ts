import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { startFailure } from './start-failure.ts';

const config = readConfig({ environment: {}, isTerminal: false, cwd: '/srv' });

test.each([
  ['EACCES', 'mkdir', '/srv/.cloudflow cannot be written (no): correct its permissions, or'],
  ['EROFS', 'mkdir', '/srv/.cloudflow cannot be written (no): correct its permissions, or'],
  ['EEXIST', 'mkdir', '/srv/.cloudflow cannot be a directory (no):'],
  ['ENOENT', 'mkdir', '/srv/.cloudflow cannot be made (no):'],
  ['ENOTDIR', 'mkdir', '/srv/.cloudflow cannot be a directory (no):'],
])(
  'a data directory that cannot be used (%s) is named, with the setting that chooses another',
  (code, syscall, words) => {
    const text = startFailure(Object.assign(new Error('no'), { code, syscall }), config);
    expect(text).toContain(words);
    expect(text).toMatch(/choose another with CLOUDFLOW_DATA_DIR$/);
  },
);
