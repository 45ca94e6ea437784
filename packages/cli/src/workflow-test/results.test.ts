/** What becomes of the results of cases: text for people, JUnit for builds, and files that are brought up to date. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readText } from '../definition/definition-file.ts';
import { createPaint, plainPaint } from '../output/paint.ts';
import type { CaseFile } from './case-file.ts';
import type { Mismatch, Tested } from './expectation.ts';
import { mismatches } from './expectation.ts';
import { junitReport } from './junit.ts';
import { fileText } from './report.ts';
import type { CaseResult, FileResult } from './run-cases.ts';
import { updateFile } from './update.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudflow-results-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tested: Tested = {
  ...{ status: 'COMPLETED', waitReason: null, output: { total: 12 }, error: null, durationMs: 5, began: true },
  ...{ called: [], unanswered: [], unusedMocks: [], stoppedBy: null, steps: [], path: ['say'] },
};
const given = `# Kept.
cases:
  - name: counts # also kept
    expect:
      output: { total: 11 }
      output_contains: { total: 11 }
`;

function resultOf(text: string, path: string, cases: readonly Partial<CaseResult>[]): FileResult {
  const file = readText(text, { name: 'a.test.yaml', path });
  const whole: CaseFile = { file, path, cases: { cases: [] }, definition: file, called: [] };
  const usual = { index: 0, place: 'a.test.yaml:3', mismatches: [], warnings: [], tested, tookMs: 12.3 };
  return {
    file: whole,
    cases: cases.map((each, index) => ({ ...usual, name: `case ${index}`, ...each })),
    reached: ['say'],
    unreached: ['other'],
  };
}

const difference = (field: string, message = 'is not as expected'): Mismatch => ({
  ...{ field, message, differences: [{ pointer: '/total', expected: 11, actual: 12 }] },
});

it('a run is compared with what a case expects of it: status, output, path, and assertions', () => {
  expect(
    mismatches({ output: { total: 12 }, path: ['say'], duration: '5ms', assert: ['output.total == 12'] }, tested),
  ).toEqual([]);
  const found = mismatches({ status: 'FAILED', output: { total: 11 }, assert: ['output.total > 20'] }, tested);
  expect(found.map(({ field, actual }) => [field, actual])).toEqual([
    ['/status', 'COMPLETED'],
    ['/output', { total: 12 }],
    ['/assert/0', undefined],
  ]);
  const failed: Tested = { ...tested, status: 'FAILED', error: { code: 'no_luck', message: 'Nothing came.' } };
  expect(mismatches({}, failed).map(({ field }) => field)).toEqual(['/status', '/error']);
  expect(mismatches({ error: { code: 'no_luck' } }, failed)).toEqual([]);
});

it('JUnit counts what failed, and is XML whatever a name or a value holds', () => {
  const evil = '"<a>&\u0000\u001b[2J\ud800]]>';
  const report = junitReport([resultOf(given, 'x', [{}, { name: evil, mismatches: [difference('/output', evil)] }])]);
  expect(report).toContain(
    '<testsuites name="cloudflow test" tests="2" failures="1" errors="0" skipped="0" time="0.025">',
  );
  expect(report).toContain('<testcase name="case 0" classname="a.test.yaml" file="a.test.yaml" time="0.012"/>');
  expect(report).toContain('name="&quot;&lt;a&gt;&amp;\ufffd\ufffd[2J\ufffd]]&gt;"');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  expect(report).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
  expect(report).toContain('- expected 11');
});

it('people are told what differs, in colours of ours only', () => {
  const result = resultOf(given, 'x', [{ name: 'a\u001b[2J', mismatches: [difference('/output')] }]);
  expect(fileText(result, plainPaint).split('\n')).toEqual([
    'a.test.yaml',
    '  ✗ a\\u001b[2J (12 ms)',
    '      a.test.yaml:3',
    '      expect/output is not as expected',
    '        /total',
    '          - expected 11',
    '          + actual   12',
    '  steps: 1 of 2 reached; no case reached other',
  ]);
  const painted = fileText(result, createPaint(true));
  expect(painted).toContain('\u001b[31m✗\u001b[39m');
  expect(painted).not.toContain('\u001b[2J');
});

it('an update writes what came of the run where it can be said, and leaves the rest of the file as it was', async () => {
  const path = join(folder, 'a.test.yaml');
  await writeFile(path, given);
  const wrong = [{ ...difference('/output'), actual: { total: 12 } }, difference('/output_contains')];
  expect(await updateFile(resultOf(given, path, [{ mismatches: wrong }]))).toBe(1);
  const text = await readFile(path, 'utf8');
  expect(text).toContain('# Kept.');
  expect(text).toContain('counts # also kept');
  expect(text).toMatch(/output:\s+\{? ?total: 12/);
  expect(text).toContain('output_contains: { total: 11 }');
  expect(await updateFile(resultOf(text, path, [{}]))).toBe(0);
  expect(await readFile(path, 'utf8')).toBe(text);
});
