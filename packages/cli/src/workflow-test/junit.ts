/** The report that continuous integrations read: JUnit's XML. */

import { mismatchText } from './report.ts';
import type { FileResult } from './run-cases.ts';

export function junitReport(files: readonly FileResult[]): string {
  const all = files.flatMap(({ cases }) => cases);
  const suites = files.map(suite).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="cloudflow test" ${totals(all)}>\n${suites}</testsuites>\n`;
}

type Counted = FileResult['cases'];

function suite({ file, cases }: FileResult): string {
  const name = attribute(file.file.name);
  const inside = cases.map((each) => {
    const head = `    <testcase name=${attribute(each.name)} classname=${name} file=${name} time="${seconds(each.tookMs)}"`;
    if (each.mismatches.length === 0) return `${head}/>\n`;
    const [first] = each.mismatches;
    const text = `${each.place}\n${each.mismatches.map((mismatch) => mismatchText(mismatch)).join('\n')}`;
    return `${head}>\n      <failure message=${attribute(`${first?.field} ${first?.message}`.trim())}>${escaped(text)}</failure>\n    </testcase>\n`;
  });
  return `  <testsuite name=${name} ${totals(cases)}>\n${inside.join('')}  </testsuite>\n`;
}

function totals(cases: Counted): string {
  const failed = cases.filter(({ mismatches }) => mismatches.length > 0).length;
  const took = cases.reduce((sum, { tookMs }) => sum + tookMs, 0);
  return `tests="${cases.length}" failures="${failed}" errors="0" skipped="0" time="${seconds(took)}"`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function attribute(text: string): string {
  return `"${escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write these
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(unwritable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
