/** The size table: how the lengths of files and functions are spread, per workspace, so that drift is seen. */
import type { FileSize } from './measure.ts';

export function sizeTable(files: readonly FileSize[]): string {
  const groups = Map.groupBy(files, ({ path }) =>
    path
      .split('/')
      .slice(0, path.startsWith('packages/') ? 2 : 1)
      .join('/'),
  );
  const head = ['', 'files', 'lines', 'file p50', 'p90', 'max', 'function p50', 'p90', 'max'];
  const rows = [...groups].map(([name, group]) => [name, ...spread(group)]);
  const table = [head, ...rows, ['all', ...spread(files)]].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
    )
    .join('\n');
}

function spread(files: readonly FileSize[]): number[] {
  const lengths = files.map(({ lines }) => lines);
  const functions = files.flatMap((file) => file.functions.map(({ lines }) => lines));
  return [files.length, lengths.reduce((sum, each) => sum + each, 0), ...ranks(lengths), ...ranks(functions)];
}

/** The median, the ninth decile and the greatest. */
function ranks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [0.5, 0.9, 1].map((share) => sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? 0);
}
