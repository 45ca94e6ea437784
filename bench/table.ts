/** The results as a table for people. Every figure stands beside the ceiling of the same run. */
import type { Figure } from './long/index.ts';
import type { Measured } from './measure.ts';

export type Line = { readonly name: string; readonly inFlight: number; readonly measured: Measured };

export function printTable(lines: readonly Line[], ceiling: Measured): string {
  const head = ['what', 'in flight', 'executions/s', 'of the ceiling', 'p50 ms', 'p99 ms', 'WAL bytes', 'CPU µs'];
  const rows = lines.map(({ name, inFlight, measured }) => [
    name,
    String(inFlight),
    String(measured.executionsPerSecond),
    `${((100 * measured.executionsPerSecond) / ceiling.executionsPerSecond).toFixed(0)} %`,
    measured.p50.toFixed(2),
    measured.p99.toFixed(2),
    // Where an execution outlives its measurement there is nothing to divide.
    measured.walBytes === 0 ? '–' : String(measured.walBytes),
    measured.cpuMicros === 0 ? '–' : String(measured.cpuMicros),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

export function printFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, goal }) => `| ${name} | ${value} | ${goal} |`);
  return ['| what | measured | goal |', '|---|---|---|', ...rows].join('\n');
}
