/** stdout: data and nothing else, in the form that was asked for. */
import { stringify } from 'yaml';
import type { OutputForm } from '../program/global-options.ts';
import type { OutputStream } from '../world.ts';
import type { Paint } from './paint.ts';
import { type Column, fieldsText, tableText } from './table.ts';

export type Fields = readonly (readonly [string, string | number | null | undefined])[];

export type Output = {
  readonly form: OutputForm;
  /** For what is meant for people: `table`. */
  readonly isForPeople: boolean;
  readonly paint: Paint;
  /** Many of a kind: a table, one JSON or YAML list, or a line of JSON for each. */
  list<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void;
  /** One thing: its fields line by line, or the whole of it as JSON or YAML. */
  item(value: unknown, fields: Fields): void;
  /** One of a stream of things, as it comes: a line of text, or of JSON (a document of YAML). */
  event(value: unknown, text: string): void;
  /** Text that is the data itself, such as a file. */
  text(text: string): void;
};

export function createOutput(stream: OutputStream, { form, paint }: { form: OutputForm; paint: Paint }): Output {
  const write = (text: string) => void stream.write(text.endsWith('\n') ? text : `${text}\n`);
  const value = (of: unknown) =>
    write(form === 'yaml' ? stringify(of) : form === 'jsonl' ? JSON.stringify(of) : JSON.stringify(of, null, 2));
  return {
    form,
    isForPeople: form === 'table',
    paint,
    list(rows, columns) {
      if (form === 'jsonl') for (const row of rows) value(row);
      else if (form !== 'table') value(rows);
      else if (rows.length > 0) {
        write(tableText(rows, columns, { paint, width: stream.isTTY === true ? stream.columns : undefined }));
      }
    },
    item(of, fields) {
      if (form === 'table') write(fieldsText(fields, paint));
      else value(of);
    },
    event(of, text) {
      if (form === 'table') write(text);
      else if (form === 'yaml') write(`---\n${stringify(of)}`);
      else write(JSON.stringify(of));
    },
    text: write,
  };
}
