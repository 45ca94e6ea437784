import { ConnectionError } from '@cloudflow/sdk/client/index.ts';
import { expect, it } from 'vitest';
import { plainPaint } from '../output/paint.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure, interrupted, usageFailure } from './failure.ts';
import { endingOf, problemFailure } from './problem-failure.ts';
import { failureJson, failureText } from './report.ts';
import { toFailure } from './to-failure.ts';

it('ends with the number that belongs to what happened', () => {
  const codes = [400, 401, 403, 404, 408, 409, 412, 422, 423, 428, 429, 500, 503, 504].map(
    (status) => exitCodes[endingOf(status)].code,
  );
  expect(codes).toEqual([5, 4, 4, 3, 7, 6, 6, 5, 6, 6, 1, 1, 1, 7]);
  const codeOf = (error: unknown) => exitCodes[toFailure(error).options.ending].code;
  expect(codeOf(usageFailure('no'))).toBe(2);
  expect(codeOf(interrupted())).toBe(130);
  expect(codeOf(new ConnectionError('gone'))).toBe(1);
  expect(codeOf(new TypeError('a slip of ours'))).toBe(1);
});

it('tells what happened, where, and what to do; as JSON it is the answer of the server as it came', () => {
  const problem = {
    code: 'version_exists',
    detail: 'It is there.',
    errors: [{ pointer: '/version', message: 'Taken.' }],
  };
  const failure = problemFailure(409, problem, 'c-1');
  expect(failureText(failure, plainPaint)).toBe(
    'error: It is there.\n  /version: Taken.\nwhat to do: Raise `version` in the definition; a published version never changes.\n' +
      'correlation id: c-1',
  );
  expect(failureJson(failure)).toEqual(problem);
  expect(failureJson(usageFailure('No.', 'Yes.'))).toMatchObject({ code: 'usage', detail: 'No.', remedy: 'Yes.' });
});

it('shows what a terminal would obey, wherever in a failure it stands', () => {
  const evil = '\u001b[2Jx\u009d';
  const places = [{ pointer: evil, message: evil, code: evil, suggestion: evil }];
  const failure = new Failure(evil, { ending: 'error', remedy: evil, correlationId: evil, places });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  expect(failureText(failure, plainPaint)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  expect(failureText(failure, plainPaint)).toContain('\\u001b[2Jx\\u009d');
});
