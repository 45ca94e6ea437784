/** stdout: data and nothing else, in the form that was asked for. */
import { stringify } from 'yaml';
import type { OutputForm } from '../program/global-options.ts';
import type { OutputStream } from '../world.ts';
import type { Paint } from './paint.ts';
import { jsonText, plainText } from './plain-text.ts';
import { type Column, fieldsText, tableText } from './table.ts';
import { type Word, wordsText } from './words.ts';

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
  event(value: unknown, words: string | readonly Word[]): void;
  /** Text that is the data itself, such as a file: to the letter, but on a terminal without what it would obey. */
  text(text: string): void;
  /** Text for people out of pieces that are harmless already, with colours of ours. */
  painted(text: string): void;
};

export function createOutput(stream: OutputStream, { form, paint }: { form: OutputForm; paint: Paint }): Output {
  const write = (text: string) => void stream.write(text.endsWith('\n') ? text : `${text}\n`);
  const value = (of: unknown) =>
    write(form === 'yaml' ? yamlText(of) : form === 'jsonl' ? jsonText(of) : jsonText(of, 2));
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
    event(of, words) {
      if (form === 'table') write(typeof words === 'string' ? plainText(words) : wordsText(words, paint));
      else if (form === 'yaml') write(`---\n${yamlText(of)}`);
      else write(jsonText(of));
    },
    text: (text) => write(stream.isTTY === true ? plainText(text) : text),
    painted: write,
  };
}

const eightBitControl = /[\u007f-\u009f]/g;

/** Texts with controls stand between double quotes there; those of seven bits are written out already. */
function yamlText(value: unknown): string {
  return stringify(value).replace(eightBitControl, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
}
