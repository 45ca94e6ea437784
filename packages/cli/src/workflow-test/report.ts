/** The results of cases, for people and for programs. */
import type { Json } from '@cloudflow/core/json.ts';
import { type Paint, plainPaint } from '../output/paint.ts';
import { jsonText, plainText } from '../output/plain-text.ts';
import { durationText } from '../output/time-text.ts';
import type { Difference } from './difference.ts';
import type { Mismatch } from './expectation.ts';
import type { CaseResult, FileResult } from './run-cases.ts';

const longest = 400;

export function fileText({ file, cases, reached, unreached }: FileResult, paint: Paint): string {
  const lines = cases.map((each) => caseText(each, paint));
  const all = reached.length + unreached.length;
  const missed = unreached.length === 0 ? '' : `; no case reached ${unreached.join(', ')}`;
  const coverage = paint('dim', plainText(`  steps: ${reached.length} of ${all} reached${missed}`));
  return [paint('bold', plainText(file.file.name)), ...lines, coverage].join('\n');
}

function caseText({ name: given, place, mismatches, warnings, tookMs }: CaseResult, paint: Paint): string {
  const name = plainText(given);
  const warned = warnings.map((each) => `      ${paint('yellow', 'warning:')} ${plainText(each)}`);
  const took = paint('dim', `(${durationText(tookMs)})`);
  if (mismatches.length === 0) return [`  ${paint('green', '✓')} ${name} ${took}`, ...warned].join('\n');
  const told = mismatches.map((each) => indented(mismatchText(each, paint), '      '));
  return [`  ${paint('red', '✗')} ${name} ${took}`, `      ${paint('dim', plainText(place))}`, ...told, ...warned].join(
    '\n',
  );
}

export function mismatchText({ field, message, differences }: Mismatch, paint: Paint = plainPaint): string {
  const head = plainText(field === '' ? message : `expect${field} ${message}`);
  return [head, ...differences.map((each) => indented(differenceText(each, paint), '  '))].join('\n');
}

function differenceText({ pointer, expected, actual }: Difference, paint: Paint): string {
  const lines = [paint('red', `- expected ${shown(expected)}`), paint('green', `+ actual   ${shown(actual)}`)];
  return pointer === '' ? lines.join('\n') : [plainText(pointer), ...lines.map((each) => `  ${each}`)].join('\n');
}

function shown(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = jsonText(value);
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
}

function indented(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => by + line)
    .join('\n');
}

/** For `-o json`. */
export function fileReport({ file, cases, reached, unreached }: FileResult) {
  return {
    file: file.file.name,
    definition: file.definition.name,
    cases: cases.map(({ name, place, mismatches, warnings, tested, tookMs }) => ({
      name,
      place,
      passed: mismatches.length === 0,
      mismatches: mismatches.map(({ field, message, differences }) => ({
        pointer: `/expect${field}`,
        message,
        differences,
      })),
      warnings,
      status: tested.began ? tested.status : null,
      output: tested.output,
      error: tested.error,
      path: tested.path,
      duration_ms: tested.durationMs,
      took_ms: Math.round(tookMs),
    })),
    steps: { reached, unreached },
  };
}
