/** Reads CSV: rows of text become objects or lists. */
import type { Json } from '@cloudflow/core/json.ts';
import { ActionError, configInvalid, dataInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Papa from 'papaparse';
import Type, { type Static } from 'typebox';

/** It runs between the work of others: so much takes some tens of milliseconds at the worst (2026-11-21). */
const mostCharacters = 300_000;

const config = Type.Object(
  {
    text: Type.String({ maxLength: mostCharacters, description: `The CSV, of up to ${mostCharacters} characters.` }),
    header: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'The first row names the columns, and rows are objects; without it they are lists. Default: true.',
      }),
    ),
    columns: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        minItems: 1,
        maxItems: 1_000,
        description:
          'Names of the columns, in place of those of the first row, which is skipped when there is a header.',
      }),
    ),
    delimiter: Type.Optional(
      Type.Enum([',', ';', '\t', '|'], { default: ',', description: 'Between two fields. Default: `,`.' }),
    ),
    types: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Fields that are numbers or `true` and `false` as JSON writes them become those, empty ones null. Default: all is text.',
      }),
    ),
  },
  { additionalProperties: false },
);

export default defineAction({
  type: 'csv.parse',
  title: 'Read CSV',
  description:
    'Reads CSV as RFC 4180 has it: fields in quotes may hold delimiters, line breaks and doubled quotes. Empty lines are skipped. ' +
    'A row with more fields than there are columns is an error; fields that are missing at its end are empty.',
  category: 'data',
  icon: 'table',
  version: 1,
  config,
  output: Type.Object({
    rows: Type.Array(Type.Unknown(), { description: 'Objects by column, or lists.' }),
    columns: Type.Array(Type.String(), { description: 'Their names; empty without any.' }),
    count: Type.Integer({ description: 'Of the rows.' }),
  }),
  errors: [dataInvalid('It is no CSV: `details.row` counts from 1, the header included.')],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: given }) {
    const { header = true, types = false } = given;
    const lines = rowsOf(given);
    const columns = given.columns ?? (header ? (lines[0] ?? []) : undefined);
    const body = header ? lines.slice(1) : lines;
    const read = types ? typed : (field: string): Json => field;
    if (columns === undefined) return { rows: body.map((row) => row.map(read)), columns: [], count: body.length };
    mustDiffer(columns, given.columns === undefined);
    const rows = body.map((row, at) => asObject(row, columns, { read, number: at + (header ? 2 : 1) }));
    return { rows, columns: [...columns], count: rows.length };
  },
});

function rowsOf({ text, delimiter = ',' }: Static<typeof config>): readonly string[][] {
  const withoutMark = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const { data, errors } = Papa.parse<string[]>(withoutMark, { delimiter, skipEmptyLines: true });
  const [first] = errors;
  if (first === undefined) return data;
  const row = (first.row ?? 0) + 1;
  throw new ActionError(`Row ${row} is no CSV: ${first.message}`, { code: 'data_invalid', details: { row } });
}

/** Own fields, whatever they are called: `__proto__` is a name like any other. */
function asObject(
  row: readonly string[],
  columns: readonly string[],
  { read, number }: { readonly read: (field: string) => Json; readonly number: number },
): Json {
  if (row.length > columns.length)
    throw new ActionError(`Row ${number} has ${row.length} fields, for ${columns.length} columns`, {
      code: 'data_invalid',
      details: { row: number },
    });
  return Object.fromEntries(columns.map((name, at) => [name, read(row[at] ?? '')]));
}

function mustDiffer(columns: readonly string[], fromHeader: boolean): void {
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice === undefined) return;
  if (!fromHeader) throw configInvalid('/columns', `names ${JSON.stringify(twice)} twice`);
  throw new ActionError(`Two columns are called ${JSON.stringify(twice)}: name them with \`columns\``, {
    code: 'data_invalid',
    details: { row: 1 },
  });
}

/** As JSON writes them and no other: `007` and `1,5` are text, and so is a number that would lose digits. */
function typed(field: string): Json {
  if (field === '') return null;
  if (field === 'true' || field === 'false') return field === 'true';
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(field)) return field;
  const value = Number(field);
  const isExact = Number.isFinite(value) && (!/^-?\d+$/.test(field) || Number.isSafeInteger(value));
  return isExact ? value : field;
}
