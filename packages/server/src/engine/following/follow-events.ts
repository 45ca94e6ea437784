/**
 * The journal of one execution as server-sent events: what is committed, then what comes, up to the final event. Each event
 * carries the id that the list shows it under (`<seq>.<place>`): who was cut off says the last one it had, and goes on after
 * it, exactly. A stream has no `event:` field on purpose, so that clients hear of kinds that they do not know yet.
 */
import type { Clock } from '../../kernel/clock/clock.ts';
import { type EventPosition, type EventView, eventPage, type JournalRow } from '../event-view.ts';
import type { Watched } from './journal-watch.ts';

export type Following = {
  /** What the first look found: rows from `from` on. */
  readonly first: readonly JournalRow[];
  readonly from: EventPosition;
  readonly read: (from: EventPosition) => Promise<readonly JournalRow[]>;
  /** Fetches values that are kept elsewhere. */
  readonly whole: (event: EventView) => Promise<EventView>;
  readonly watched: Watched;
  readonly clock: Clock;
  /** The reader has gone, or the process stops. */
  readonly signal: AbortSignal;
};

/** A stream says at least something so often: proxies and clients take silence for a broken connection. */
const HEARTBEAT_MS = 15_000;
/** Then it ends, and the client comes back: whoever may not read any more is gone by then, whatever it holds open. */
const LONGEST_MS = 3_600_000;
/** How long a client is to wait before it comes back. */
const COME_BACK_MS = 1_000;

export async function* followEvents({
  first,
  from,
  read,
  whole,
  watched,
  clock,
  signal,
}: Following): AsyncGenerator<string> {
  const until = clock.now() + LONGEST_MS;
  try {
    yield `retry: ${COME_BACK_MS}\n\n`;
    let position = from;
    let waited = false;
    for (let rows = first; !signal.aborted && clock.now() < until; rows = await read(position)) {
      for (const row of rows) {
        const { events } = eventPage([row], position, Number.POSITIVE_INFINITY);
        position = { seq: row.seq + 1, place: 0 };
        for (const event of events) yield asMessage(await whole(event));
        if (events.at(-1)?.type === 'execution_ended' || signal.aborted) return;
      }
      if (rows.length === 0 && waited) yield ': still here\n\n';
      waited = rows.length === 0;
      if (waited) await watched.beyond(position.seq - 1, HEARTBEAT_MS, signal);
    }
  } finally {
    watched.close();
  }
}

function asMessage(event: EventView): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The position after the event of this id; undefined when it is none. */
export function positionAfter(id: string): EventPosition | undefined {
  const [, seq, place] = /^(\d{1,9})\.(\d{1,9})$/.exec(id) ?? [];
  return seq === undefined || place === undefined ? undefined : { seq: Number(seq), place: Number(place) + 1 };
}
