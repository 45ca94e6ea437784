import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../kernel/log/log.ts';
import { followEvents, positionAfter } from './follow-events.ts';
import { createJournalWatch } from './journal-watch.ts';
import { createStreamSlots } from './stream-slots.ts';

const clock = { now: () => Date.now() };
const row = (seq: number, ...kinds: string[]) => ({
  seq,
  eventsText: JSON.stringify(kinds.map((e) => ({ e, at: 0 }))),
});
const never = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('watching journals', () => {
  function setup(committed: Record<string, number> = {}) {
    const asked: string[][] = [];
    const watch = createJournalWatch({
      clock,
      log: silentLog,
      async writtenUpTo(ids) {
        asked.push([...ids]);
        return ids.flatMap((executionId) =>
          committed[executionId] ? { executionId, seq: committed[executionId] } : [],
        );
      },
    });
    return { watch, asked, committed };
  }

  it('wakes at once what this process has written, and not before', async () => {
    const { watch } = setup();
    const watched = watch.open('a');
    const woken = vi.fn();
    void watched.beyond(3, 60_000, never).then(woken);
    watch.wrote('a', 3);
    watch.wrote('b', 9);
    await vi.advanceTimersByTimeAsync(0);
    expect(woken).not.toHaveBeenCalled();
    watch.wrote('a', 4);
    await vi.advanceTimersByTimeAsync(0);
    expect(woken).toHaveBeenCalledOnce();
  });

  it('does not wait for what was written while nobody waited', async () => {
    const { watch } = setup();
    const watched = watch.open('a');
    watch.wrote('a', 4);
    await expect(watched.beyond(3, 60_000, never)).resolves.toBeUndefined();
  });

  it('finds what another process has written, in one look for all, ever more seldom while nothing comes', async () => {
    const { watch, asked, committed } = setup();
    const woken = vi.fn();
    for (const id of ['a', 'b']) void watch.open(id).beyond(0, 60_000, never).then(woken);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.every((ids) => ids.length === 2)).toBe(true);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.length).toBeLessThan(25);
    committed['a'] = 1;
    await vi.advanceTimersByTimeAsync(1_200);
    expect(woken).toHaveBeenCalledOnce();
  });

  it('asks nothing when nobody waits: the time is over, the reader has gone, or it was closed', async () => {
    const { watch, asked } = setup();
    const gone = new AbortController();
    const [one, two] = [watch.open('a'), watch.open('b')];
    void one.beyond(0, 1_000, never);
    void two.beyond(0, 60_000, gone.signal);
    gone.abort();
    await vi.advanceTimersByTimeAsync(2_000);
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBe(before);
    for (const each of [one, two]) each.close();
    expect(watch.size).toBe(0);
  });
});

describe('following one journal', () => {
  const follow = (rows: ReturnType<typeof row>[], from = { seq: 0, place: 0 }, signal = never) => {
    const read = async ({ seq }: { seq: number }) => rows.filter((each) => each.seq >= seq);
    const watched = { beyond: () => new Promise<void>((wake) => setTimeout(wake, 15_000)), close: vi.fn() };
    const first = rows.filter((each) => each.seq >= from.seq);
    return {
      pieces: followEvents({ first, from, read, whole: async (event) => event, watched, clock, signal }),
      watched,
    };
  };
  const idsOf = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);

  it('gives each event of a packed row an id of its own, and ends after the final event', async () => {
    const { pieces, watched } = follow([row(1, 'started', 'begun'), row(2, 'succeeded', 'ended')]);
    let text = '';
    for await (const piece of pieces) text += piece;
    expect(idsOf(text)).toEqual(['1.0', '1.1', '2.0', '2.1']);
    expect(watched.close).toHaveBeenCalled();
  });

  it('goes on after any event, also in the middle of a row', async () => {
    const rows = [row(1, 'started', 'begun'), row(2, 'succeeded', 'ended')];
    for (const [id, left] of [
      ['1.0', ['1.1', '2.0', '2.1']],
      ['1.1', ['2.0', '2.1']],
      ['2.0', ['2.1']],
    ] as const) {
      let text = '';
      for await (const piece of follow(rows, positionAfter(id)).pieces) text += piece;
      expect(idsOf(text)).toEqual(left);
    }
  });

  it('says now and then that it is still there, and ends when the reader has gone', async () => {
    const gone = new AbortController();
    const { pieces, watched } = follow([], undefined, gone.signal);
    expect((await pieces.next()).value).toBe('retry: 1000\n\n');
    const comment = pieces.next();
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await comment).value).toBe(': still here\n\n');
    gone.abort();
    const end = pieces.next();
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await end).done).toBe(true);
    expect(watched.close).toHaveBeenCalled();
  });

  it.each(['', '1', '1.', '.1', '1.-1', 'x.y', '1.1.1', '1e3.0'])('takes %o for no id', (id) => {
    expect(positionAfter(id)).toBeUndefined();
  });
});

describe('slots for streams', () => {
  it('are bounded for a tenant and for the process, and free again when the reader has gone', () => {
    const slots = createStreamSlots({ ofProcess: 3, ofTenant: 2 });
    const readers = Array.from({ length: 3 }, () => new AbortController());
    slots.take('a', readers[0]?.signal as AbortSignal);
    slots.take('a', readers[1]?.signal as AbortSignal);
    expect(() => slots.take('a', never)).toThrow(expect.objectContaining({ code: 'too_many_streams' }));
    slots.take('b', readers[2]?.signal as AbortSignal);
    expect(() => slots.take('b', never)).toThrow(expect.objectContaining({ code: 'overloaded' }));
    readers[0]?.abort();
    slots.take('a', never);
    expect(() => slots.take('c', never)).toThrow(expect.objectContaining({ code: 'overloaded' }));
  });
});
