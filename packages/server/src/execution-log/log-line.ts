/** One line, as it is kept: bounded, and of what a text column can hold. */
import type { Json } from '@cloudflow/core/json.ts';

export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];
export const sources = ['action', 'worker', 'engine'] as const;

export type LogLine = {
  readonly tenantId: string;
  readonly executionId: string;
  /** The path of the step. */
  readonly step: string;
  readonly attempt: number;
  readonly level: Level;
  readonly source: (typeof sources)[number];
  /** Milliseconds since the epoch; absent: now. */
  readonly at?: number;
  readonly message: string;
  readonly fields?: Readonly<Record<string, Json>>;
};

/** Never throws, never waits. */
export type KeepLine = (line: LogLine) => void;

export type StoredLine = Omit<LogLine, 'fields' | 'at'> & { readonly at: number; readonly fields: string | null };

const MOST_MESSAGE = 2_000;
const MOST_FIELDS = 4_000;

export function storedLine({ message, fields, at, ...line }: LogLine, now: number): StoredLine {
  const text = fields === undefined || Object.keys(fields).length === 0 ? null : JSON.stringify(fields);
  return {
    ...line,
    // A time that the clock does not know, such as a leap second, is the time at which it was told.
    at: at !== undefined && Number.isFinite(at) ? Math.min(at, now) : now,
    message: message.slice(0, MOST_MESSAGE).replaceAll('\0', '\u{fffd}').toWellFormed(),
    fields: text !== null && text.length > MOST_FIELDS ? '{"truncated":true}' : text,
  };
}

export function sizeOf({ message, fields }: Pick<StoredLine, 'message' | 'fields'>): number {
  return message.length + (fields?.length ?? 0);
}
