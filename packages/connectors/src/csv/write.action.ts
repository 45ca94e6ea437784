/** Writes CSV: objects or lists become rows of text. */
import type { Json } from '@cloudflow/core/json.ts';
import { configInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Papa from 'papaparse';
import Type, { type Static } from 'typebox';

/** It runs between the work of others: so many take some tens of milliseconds (2026-11-21). */
const mostFields = 50_000;
const mostCharacters = 1_000_000;

const config = Type.Object(
  {
    rows: Type.Array(Type.Union([Type.Array(Type.Unknown()), Type.Record(Type.String(), Type.Unknown())]), {
      maxItems: mostFields,
      description: `Objects, or lists; up to ${mostFields} fields in all. Objects and lists inside of them are written as JSON.`,
    }),
    columns: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        maxItems: 1_000,
        description:
          'Which fields of the objects, in which order. Default: all, in the order in which they first come.',
      }),
    ),
    header: Type.Optional(
      Type.Boolean({ default: true, description: 'Begin with the names of the columns. Default: true.' }),
    ),
    delimiter: Type.Optional(
      Type.Enum([',', ';', '\t', '|'], { default: ',', description: 'Between two fields. Default: `,`.' }),
    ),
    escape_formulas: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          "Put `'` before text that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`): for data of strangers that people " +
          'open in one. Default: false, and text is written as it is.',
      }),
    ),
    byte_order_mark: Type.Optional(
      Type.Boolean({ default: false, description: 'Begin with the mark by which Excel knows UTF-8. Default: false.' }),
    ),
  },
  { additionalProperties: false },
);

type Config = Static<typeof config>;

export default defineAction({
  type: 'csv.write',
  title: 'Write CSV',
  description: 'Writes CSV as RFC 4180 has it, with a line break (CR LF) between two rows. null is an empty field.',
  category: 'data',
  icon: 'table',
  version: 1,
  config,
  output: Type.Object({
    text: Type.String({ description: 'The CSV.' }),
    count: Type.Integer({ description: 'Of the rows, without the header.' }),
  }),
  errors: [],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: given }) {
    const { rows, header = true, delimiter = ',', escape_formulas = false, byte_order_mark = false } = given;
    const columns = given.columns ?? columnsOf(rows);
    if (rows.length * Math.max(1, columns.length) > mostFields)
      throw configInvalid('/rows', `has over ${mostFields} fields`);
    const lines = rows.map((row) => fieldsOf(row, columns));
    const all = header && columns.length > 0 ? [[...columns], ...lines] : lines;
    mustBeSmall(all);
    // A number is no formula: only text is looked at.
    const safe = escape_formulas ? all.map((row) => row.map(withoutFormula)) : all;
    const text = Papa.unparse(
      safe.map((row) => row.map(textOf)),
      { delimiter, newline: '\r\n' },
    );
    return { text: (byte_order_mark ? '\uFEFF' : '') + text, count: rows.length };
  },
});

/** Of lists there are none: their fields have places, not names. */
function columnsOf(rows: Config['rows']): readonly string[] {
  const names = new Set<string>();
  for (const row of rows) if (!Array.isArray(row)) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}

function fieldsOf(row: Config['rows'][number], columns: readonly string[]): unknown[] {
  if (Array.isArray(row)) return row;
  return columns.map((name) => (Object.hasOwn(row, name) ? row[name] : null));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value as Json);
}

function withoutFormula(value: unknown): unknown {
  return typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}

function mustBeSmall(rows: readonly (readonly unknown[])[]): void {
  let characters = 0;
  for (const row of rows) for (const field of row) characters += typeof field === 'string' ? field.length : 8;
  if (characters > mostCharacters) throw configInvalid('/rows', `makes over ${mostCharacters} characters`);
}
