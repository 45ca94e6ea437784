/**
 * Values too large for a row of the journal, or of an execution, stand in the blob store, under the execution, and the row
 * refers to them by digest: the journal stays small to flush, to index and to read through. Put there before the flush that
 * refers to them, so that a committed reference never points at nothing.
 *
 * In an event, `big` holds the digests of the fields that are missing from it: `{ "e": "succeeded", …, "big": { "o": "9f86…" } }`.
 * A column of JSON text holds `@` and the digest, which is no JSON.
 */
import type { Json } from '@cloudflow/core/json.ts';
import type { RunEvent } from '@cloudflow/core/run/event.ts';
import { type Blob, type BlobPlace, type BlobStore, blobOf } from '../../kernel/blob/blob-store.ts';
import type { SecretBox } from '../../kernel/secret/secret-box.ts';
import { hasSealed, openEvent, type SealedEvent } from './sealed-values.ts';

/** An event as its row has it. */
export type StoredEvent = Stored<SealedEvent>;
type Stored<T> = T & { readonly big?: { readonly [field: string]: string } };

/** Of a value as JSON. */
export const LARGE_CHARACTERS = 256 * 1024;
const mark = '@';
/** What SQL asks of an event; it stays in the row however large it is. */
const inRow: ReadonlySet<string> = new Set(['err', 'bad']);
const readsAtOnce = 8;

/** The event as JSON; what of it is too large is added to `aside`. */
export function eventText(event: SealedEvent, aside: Blob[]): string {
  return recordText(event, aside);
}

/** The same of anything that has values as an event has them. */
export function recordText(record: object, aside: Blob[]): string {
  const text = JSON.stringify(record);
  return text.length <= LARGE_CHARACTERS ? text : withoutLargeFields(record, aside);
}

function withoutLargeFields(record: object, aside: Blob[]): string {
  const small: Record<string, unknown> = {};
  const big: Record<string, string> = {};
  for (const [field, value] of Object.entries(record)) {
    const text = inRow.has(field) ? undefined : JSON.stringify(value);
    if (text === undefined || text.length <= LARGE_CHARACTERS) small[field] = value;
    else big[field] = setAside(text, aside);
  }
  return JSON.stringify(Object.keys(big).length === 0 ? record : { ...small, big });
}

/** What a column holds in place of this JSON text. */
export function columnText(text: string, aside: Blob[]): string {
  return text.length <= LARGE_CHARACTERS ? text : mark + setAside(text, aside);
}

function setAside(text: string, aside: Blob[]): string {
  const blob = blobOf(Buffer.from(text));
  aside.push(blob);
  return blob.digest;
}

/** Puts values back where rows refer to them. */
export type LargeValues = ReturnType<typeof createLargeValues>;
type Owner = { readonly tenantId: string; readonly id: string };

export function createLargeValues(blobs: Pick<BlobStore, 'get'>, secrets: Pick<SecretBox, 'open'>) {
  const textOf = async (owner: Owner, digest: string) => (await blobs.get(placeOf(owner), digest)).toString();
  const value = async (owner: Owner, digest: string) => JSON.parse(await textOf(owner, digest)) as Json;

  async function record<T>(owner: Owner, { big, ...small }: Stored<T>): Promise<T> {
    const whole: Record<string, Json> = { ...(small as unknown as { readonly [field: string]: Json }) };
    for (const [field, digest] of Object.entries(big ?? {})) whole[field] = await value(owner, digest);
    return whole as T;
  }

  /** A few values are read at once: they are large. */
  async function records<T>(owner: Owner, stored: readonly Stored<T>[]): Promise<readonly T[]> {
    const large = stored.flatMap((each, at) => (each.big === undefined ? [] : [at]));
    if (large.length === 0) return stored;
    const whole: T[] = [...stored];
    const next = large.values();
    const read = async () => {
      for (const at of next) whole[at] = await record(owner, stored[at] as Stored<T>);
    };
    await Promise.all(Array.from({ length: readsAtOnce }, read));
    return whole;
  }

  return {
    text: textOf,
    column: async (owner: Owner, text: string) => (text.startsWith(mark) ? textOf(owner, text.slice(1)) : text),

    /** The events of a journal row, whole and opened. */
    async events(owner: Owner, row: string): Promise<readonly RunEvent[]> {
      const stored = await records<SealedEvent>(owner, JSON.parse(row) as Stored<SealedEvent>[]);
      if (!stored.some(hasSealed)) return stored;
      const open: RunEvent[] = [];
      for (const event of stored) open.push(hasSealed(event) ? await openEvent(event, secrets, owner.id) : event);
      return open;
    },
    /** Records as they stand in JSON text, whole. */
    records,
  };
}

/** The digests of all that these events and columns refer to. */
export function valuesNamedIn(events: readonly StoredEvent[], columns: readonly (string | null)[]): readonly string[] {
  const inEvents = events.flatMap(({ big }) => Object.values(big ?? {}));
  return [...inEvents, ...columns.flatMap((text) => (text?.startsWith(mark) ? text.slice(1) : []))];
}

export function placeOf({ tenantId, id }: Owner): BlobPlace {
  return { tenantId, area: 'executions', owner: id };
}
