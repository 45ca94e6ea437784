import { expect, it } from 'vitest';
import { summary } from './summary.mjs';

const step = { ok: true, output: '' };

it('ends a run with tests with their number, plus one for each other step that failed', () => {
  const tests = { ok: false, output: '', passed: 7, failed: 2 };
  expect(summary([step, { ...step, passed: 5, failed: 0 }])).toEqual({ line: '5 passed, 0 failed', failed: 0 });
  expect(summary([{ ...step, ok: false }, tests])).toEqual({ line: '7 passed, 3 failed', failed: 3 });
});

it('counts the steps of a run without tests, and says that there were none', () => {
  expect(summary([step])).toEqual({ line: '1 of 1 step passed; no tests were run', failed: 0 });
  expect(summary([step, { ...step, ok: false }])).toEqual({
    line: '1 of 2 steps passed; no tests were run',
    failed: 1,
  });
});
