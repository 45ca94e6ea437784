/** The net of what an execution has decided, as one entry of a flush: folded, so that each row is touched once. */
import type { RunEvent } from '@cloudflow/core/run/event.ts';
import { waitReason } from '@cloudflow/core/run/wait-reason.ts';
import type { HeadUpdate, JournalEntry, StartRow } from '../journal/entry.ts';
import { columnText, eventText } from '../journal/large-values.ts';
import { sealedEvent } from '../journal/sealed-values.ts';
import { type Head, type LiveExecution, nothing } from './live.ts';
import { messagesOf } from './messages.ts';
import type { Aside } from './storing.ts';

/**
 * Takes everything decided so far out of the execution and into the flush. What is too large for a row is added to `aside`,
 * and is to be stored before the entry is written.
 */
export function entryOf(live: LiveExecution, aside: Aside[]): JournalEntry {
  const taken = live.decided;
  live.decided = nothing();
  live.flushing = taken;
  live.softSince = null;
  const { armed, disarmed } = timersOf(live);
  const row = taken.events.length === 0 ? null : { seq: live.seq + 1, data: textOf(live, taken.events, aside) };
  const seq = row?.seq ?? live.seq;
  const head = headUpdate(live, seq, aside);
  live.seq = seq; // only now: a value that cannot be written as text leaves no gap
  live.events += taken.events.length;
  const ended = live.end !== null;
  return {
    executionId: live.id,
    shard: live.shard,
    start: live.start === null ? null : smallStart(live.start, aside),
    row,
    head,
    armed: ended ? [] : armed,
    disarmed: ended ? [] : disarmed,
    allTimersOff: ended && live.hasTimers,
    consumed: taken.consumed,
    ...messagesOf(live, taken, aside),
  };
}

function smallStart(start: StartRow, aside: Aside[]): StartRow {
  const input = columnText(start.input, aside);
  const trigger = columnText(start.trigger, aside);
  return input === start.input && trigger === start.trigger ? start : { ...start, input, trigger };
}

/** Event by event: each is bounded, and what they are together is refused before it takes all memory there is. */
function textOf({ plan, sealer, id }: LiveExecution, events: readonly RunEvent[], aside: Aside[]): string {
  const parts: string[] = [];
  let size = 0;
  for (const event of events) {
    const part = eventText(sealer === null ? event : sealedEvent(event, { plan, sealer, id }), aside);
    size += part.length;
    if (size > MOST_CHARACTERS)
      throw new RangeError(`more than ${MOST_CHARACTERS} characters in one row of the journal`);
    parts.push(part);
  }
  return `[${parts.join(',')}]`;
}

/** Of what one execution may decide between two flushes. */
const MOST_CHARACTERS = 64_000_000;

/** A timer that was armed and dropped since the last flush is no timer: one statement cannot insert and delete a row. */
function timersOf(live: LiveExecution): Pick<JournalEntry, 'armed' | 'disarmed'> {
  const effects = live.flushing?.effects ?? [];
  const armed = new Map<number, number>();
  const disarmed: number[] = [];
  for (const effect of effects) {
    if (effect.kind === 'arm') armed.set(effect.timer, effect.due);
    if (effect.kind === 'disarm' && !armed.delete(effect.timer)) disarmed.push(effect.timer);
  }
  if (armed.size > 0 && live.end === null) live.hasTimers = true;
  return { armed: [...armed].map(([timer, due]) => ({ timer, due })), disarmed };
}

/** Null when nothing that the row shows has changed. */
function headUpdate(live: LiveExecution, seq: number, aside: Aside[]): HeadUpdate | null {
  const { state, end, head } = live;
  const next: Head = {
    status: state.status,
    waitReason: waitReason(state),
    phase: state.phase,
    keptSignals: state.signals.kept.size,
  };
  if (head !== null && isSame(head, next)) return null;
  live.head = next;
  return {
    ...next,
    output: end === null || end.output === null ? null : columnText(JSON.stringify(end.output), aside),
    error: end === null || end.error === null ? null : JSON.stringify(end.error),
    startedAt: state.startedAt,
    finishedAt: state.endedAt,
    seq,
  };
}

function isSame(head: Head, next: Head): boolean {
  return (
    head.status === next.status &&
    head.waitReason === next.waitReason &&
    head.phase === next.phase &&
    head.keptSignals === next.keptSignals
  );
}

/** What stands in the journal when the rest of an execution cannot: it ends FAILED, alone. */
export function quarantineEvent(at: number, code: string, message: string): Extract<RunEvent, { e: 'ended' }> {
  return { e: 'ended', at, st: 'FAILED', err: { code, message } };
}
