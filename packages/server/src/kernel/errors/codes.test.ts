import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { problem, toProblemJson } from './problem.ts';
import { problemCodes } from './problem-codes.ts';
import { stepCodes } from './step-codes.ts';

const packages = fileURLToPath(new URL('../../../../', import.meta.url));

function codesIn(patterns: readonly string[], form: RegExp): Map<string, string> {
  const files = globSync([...patterns], { cwd: packages }).filter((file) => !file.includes('.test.'));
  expect(files.length).toBeGreaterThan(5);
  const found = new Map<string, string>();
  for (const file of files) {
    for (const [, code = ''] of readFileSync(`${packages}/${file}`, 'utf8').matchAll(form)) found.set(code, file);
  }
  return found;
}

test('every code that a step or an execution can fail with is in the table', () => {
  const folders = [
    'core/src/run/*.ts',
    'server/src/action/**/*.ts',
    'connectors/src/**/*.ts',
    'sdk/src/*.ts',
    'server/src/engine/runner/*.ts',
  ];
  const used = codesIn(folders, /(?:\bcode: |\bfailed\(|\w*Error\()'([a-z_]+)'/g);
  const missing = [...used].filter(([code]) => !Object.hasOwn(stepCodes, code));
  expect(missing).toEqual([]);
});

test('every status is one that a client can make sense of, and every row says what to do', () => {
  for (const [code, { status, title, meaning, remedy }] of Object.entries(problemCodes)) {
    expect(code).toMatch(/^[a-z][a-z_]*$/);
    expect([400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 414, 415, 422, 428, 429, 431, 500, 503]).toContain(
      status,
    );
    expect(title.length * meaning.length * remedy.length).toBeGreaterThan(0);
  }
});

test('a problem is answered in the form of RFC 9457, and never with its cause', () => {
  const refusal = problem('rate_limited', { detail: 'Too fast.', retryAfter: 1.2, cause: new Error('hunter2') });
  expect(refusal.headers).toEqual({ 'retry-after': '2' });
  expect(toProblemJson(refusal, { instance: '/x', correlationId: 'c' })).toEqual({
    type: '/docs/errors#rate_limited',
    title: problemCodes.rate_limited.title,
    status: 429,
    detail: 'Too fast.',
    instance: '/x',
    code: 'rate_limited',
    correlation_id: 'c',
  });
});
