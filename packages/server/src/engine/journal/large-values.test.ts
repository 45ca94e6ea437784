import type { RunEvent } from '@cloudflow/core/run/event.ts';
import { describe, expect, it } from 'vitest';
import { type Blob, MissingBlobError } from '../../kernel/blob/blob-store.ts';
import { columnText, createLargeValues, eventText, LARGE_CHARACTERS, type StoredEvent } from './large-values.ts';

const owner = { tenantId: 't', id: 'x' };
const text = (length: number) => 'v'.repeat(length);
const succeeded = (more: object): RunEvent => ({ e: 'succeeded', s: 'a', at: 1, ...more });

/** Reads back what was set aside. */
const reader = (aside: readonly Blob[]) =>
  createLargeValues(
    {
      async get(place, digest) {
        const found = aside.find((blob) => blob.digest === digest);
        if (!found) throw new MissingBlobError(place, digest);
        return found.content;
      },
    },
    { open: () => Promise.reject(new Error('nothing is encrypted here')) },
  );

describe('an event with large values', () => {
  it('is a small row and the values beside it, and the same event when it is read', async () => {
    const aside: Blob[] = [];
    const event = succeeded({ o: text(300_000), v: { large: [text(300_000)] }, err: { code: 'c', message: 'm' } });
    const row = eventText(event, aside);
    expect(row.length).toBeLessThan(500);
    expect(JSON.parse(row)).toMatchObject({ e: 'succeeded', s: 'a', at: 1, err: { code: 'c' } });
    expect(aside).toHaveLength(2);
    const stored = [{ e: 'started', at: 0 }, JSON.parse(row) as StoredEvent] as StoredEvent[];
    expect(await reader(aside).events(owner, JSON.stringify(stored))).toEqual([{ e: 'started', at: 0 }, event]);
  });

  it('stays in its row when no value of it is over the limit, and leaves it when one is by a character', () => {
    const aside: Blob[] = [];
    const atLimit = text(LARGE_CHARACTERS - 2); // with its quotes
    const event = succeeded({ o: atLimit });
    expect(eventText(event, aside)).toBe(JSON.stringify(event));
    expect(aside).toEqual([]);
    eventText(succeeded({ o: `${atLimit}v` }), aside);
    expect(aside).toHaveLength(1);
  });

  it('keeps U+0000, half a surrogate pair and a field that looks like a reference', async () => {
    const aside: Blob[] = [];
    const output = { text: `\u0000\ud800🙂${text(300_000)}`, big: { o: 'no digest' } };
    const event = succeeded({ o: output });
    const stored = eventText(event, aside);
    expect(await reader(aside).events(owner, `[${stored}]`)).toEqual([event]);
  });
});

describe('a column of JSON text', () => {
  it('holds small text itself and refers to large text', async () => {
    const aside: Blob[] = [];
    const large = JSON.stringify(text(300_000));
    const columns = ['{"a":"@"}', large].map((each) => columnText(each, aside));
    expect(columns[0]).toBe('{"a":"@"}');
    expect(columns[1]).toMatch(/^@[0-9a-f]{64}$/);
    const { column } = reader(aside);
    expect(await Promise.all(columns.map((each) => column(owner, each)))).toEqual(['{"a":"@"}', large]);
    await expect(reader([]).column(owner, columns[1] ?? '')).rejects.toBeInstanceOf(MissingBlobError);
  });
});
