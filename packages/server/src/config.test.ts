import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, settings } from './config.ts';
import { ConfigError, type Environment } from './kernel/config/read-settings.ts';
import { printConfig } from './print-config.ts';

const read = (environment: Environment, more: { isTerminal?: boolean; roles?: string } = {}) =>
  readConfig({ environment, isTerminal: false, cwd: '/srv/here', ...more });

function problems(environment: Environment): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const key = `cfk_live_${'a'.repeat(32)}`;

test('without any settings it is one process on loopback with its data beside', () => {
  expect(read({ PATH: '/bin', HOME: '/root' })).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    dataDir: '/srv/here/.cloudflow',
    databaseUrl: null,
    idempotencyTtlMs: 7 * 86_400_000,
    drainTimeoutMs: 25_000,
    egressAllow: [],
    logFormat: 'json',
  });
});

test('a path that begins with ~ is refused, and not made as a directory of that name', () => {
  expect(problems({ CLOUDFLOW_DATA_DIR: '~/flows' })).toEqual([
    'CLOUDFLOW_DATA_DIR: expected a path without ~ at its start: write all of it, not "~/flows"',
  ]);
});

test('the configuration is frozen', () => {
  expect(Object.isFrozen(read({}))).toBe(true);
});

test('an unknown setting stops the start with the one that was probably meant', () => {
  expect(problems({ CLOUDFLOW_DATADIR: '/x', CLOUDFLOW_LOG_LEVL: 'info', CLOUDFLOW_ZZZZZZZZ: '1' })).toEqual([
    'CLOUDFLOW_DATADIR: there is no such setting, did you mean CLOUDFLOW_DATA_DIR?',
    'CLOUDFLOW_LOG_LEVL: there is no such setting, did you mean CLOUDFLOW_LOG_LEVEL?',
    'CLOUDFLOW_ZZZZZZZZ: there is no such setting; --help lists all of them',
  ]);
});

test('everything that is wrong is told at once', () => {
  const found = problems({
    PORT: '99999',
    CLOUDFLOW_LEASE: '6',
    CLOUDFLOW_ROLES: 'gateway,bakery',
    CLOUDFLOW_MAX_BODY: '1 TB',
  });
  expect(found.map((line) => line.split(':')[0])).toEqual([
    'PORT',
    'CLOUDFLOW_ROLES',
    'CLOUDFLOW_MAX_BODY',
    'CLOUDFLOW_LEASE',
  ]);
});

test('a secret is never in a message about it [S077]', () => {
  const found = problems({ CLOUDFLOW_BOOTSTRAP_API_KEY: 'cfk_live_tooshort', DATABASE_URL: 'mysql://me:hunter2@db/x' });
  expect(found).toHaveLength(2);
  expect(found.join()).not.toMatch(/tooshort|hunter2/);
});

test('a secret can come from a file, but not from two places', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'key');
  writeFileSync(file, `${key}\n`);
  expect(read({ CLOUDFLOW_BOOTSTRAP_API_KEY_FILE: file }).bootstrapApiKey).toBe(key);
  expect(problems({ CLOUDFLOW_BOOTSTRAP_API_KEY_FILE: file, CLOUDFLOW_BOOTSTRAP_API_KEY: key })[0]).toContain(
    'given twice',
  );
  expect(problems({ CLOUDFLOW_BOOTSTRAP_API_KEY_FILE: '/nowhere' })[0]).toContain('ENOENT');
});

test('a setting that is set to nothing counts as not set', () => {
  expect(read({ DATABASE_URL: '', PORT: ' ' })).toMatchObject({ databaseUrl: null, port: 8080 });
});

test('units are part of the value', () => {
  expect(
    read({ CLOUDFLOW_LEASE: '2500ms', CLOUDFLOW_MAX_BODY: '1.5MB', CLOUDFLOW_IDEMPOTENCY_TTL: '12h' }),
  ).toMatchObject({
    leaseMs: 2_500,
    maxBodyBytes: 1.5 * 1024 ** 2,
    idempotencyTtlMs: 12 * 3_600_000,
  });
});

test('what the log looks like follows from where it goes, unless it is said', () => {
  expect(read({}, { isTerminal: true }).logFormat).toBe('pretty');
  expect(read({ CLOUDFLOW_LOG_FORMAT: 'json' }, { isTerminal: true }).logFormat).toBe('json');
});

test('--roles wins over the environment', () => {
  expect(read({ CLOUDFLOW_ROLES: 'engine' }, { roles: 'gateway' }).roles).toEqual(['gateway']);
});

test('a printed configuration shows every setting and no secret [S077]', () => {
  const text = printConfig({
    CLOUDFLOW_BOOTSTRAP_API_KEY: key,
    DATABASE_URL: 'postgres://me:hunter2@db/x',
    PORT: '9000',
  });
  for (const { key: name } of Object.values(settings)) expect(text).toContain(`${name}=`);
  expect(text).toContain('PORT=9000');
  expect(text).not.toMatch(/hunter2|aaaa/);
});
