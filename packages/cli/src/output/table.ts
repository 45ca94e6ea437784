/** Rows for people: no lines around them, so that they can be selected, cut and searched. */
import Table from 'cli-table3';
import type { Paint, Style } from './paint.ts';
import { oneLine } from './plain-text.ts';

export type Column<Row> = {
  readonly title: string;
  value(row: Row): string | number | null | undefined;
  style?(row: Row): Style | undefined;
};

export type TableOptions = {
  readonly paint: Paint;
  /** Of the terminal; undefined: as wide as it gets. */
  readonly width: number | undefined;
};

const between = '  ';
const narrowest = 8;
const noLines = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid']
    .concat(['mid', 'mid-mid', 'right', 'right-mid'])
    .map((name) => [name, '']),
);

export function tableText<Row>(rows: readonly Row[], columns: readonly Column<Row>[], options: TableOptions): string {
  const { paint, width } = options;
  const cells = rows.map((row) => columns.map((column) => cellText(column.value(row))));
  const titles = columns.map(({ title }) => title.toUpperCase());
  const widths = width === undefined ? [] : narrowed([titles, ...cells], width);
  const table = new Table({
    head: titles.map((title) => paint('dim', title)),
    chars: { ...noLines, middle: between },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: widths,
  });
  for (const [at, row] of rows.entries()) {
    table.push(columns.map((column, place) => painted(cells[at]?.[place] ?? '', column.style?.(row), paint)));
  }
  return trimLines(table.toString());
}

/** `name  value`, one to a line; what has no value is left out. */
export function fieldsText(
  fields: readonly (readonly [string, string | number | null | undefined])[],
  paint: Paint,
): string {
  const shown = fields.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + between.length;
  return shown
    .map(([name, value]) => `${paint('dim', name.padEnd(width))}${indented(String(value), width)}`)
    .join('\n');
}

function cellText(value: string | number | null | undefined): string {
  return oneLine(value === null || value === undefined || value === '' ? '-' : String(value));
}

function painted(text: string, style: Style | undefined, paint: Paint): string {
  return style === undefined ? text : paint(style, text);
}

function indented(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => oneLine(line))
    .join(`\n${' '.repeat(width)}`);
}

/** Takes from the widest column until all fit, or all are as narrow as is of use. */
function narrowed(lines: readonly (readonly string[])[], width: number): number[] {
  const widths = (lines[0] ?? []).map((_, place) => Math.max(...lines.map((line) => [...(line[place] ?? '')].length)));
  const room = width - between.length * (widths.length - 1);
  let excess = widths.reduce((sum, each) => sum + each, 0) - room;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= narrowest) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
