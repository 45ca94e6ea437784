/** What an explanation tells of a journal beyond the state that it amounts to: since when, and by whom. Gathered while it is folded. */
import type { MatchFailure, RunEvent, RunKey } from '../event.ts';

export type Notes = {
  /** Since when each run that has not ended does what it does: tries, or waits. */
  readonly since: Map<string, number>;
  /** Who has the task that a run's try is, by the name that it gives itself. */
  readonly workers: Map<string, string>;
  /** The last `match` that failed while a signal was judged. */
  readonly badMatch: Map<string, MatchFailure>;
  /** When it asked for its place under a concurrency limit. */
  asked: number | null;
  cancelled: { readonly at: number; readonly reason: string | null; readonly by: string | null } | null;
};

export function createNotes(): Notes {
  return { since: new Map(), workers: new Map(), badMatch: new Map(), asked: null, cancelled: null };
}

export function takeNote(notes: Notes, event: RunEvent): void {
  if ('bad' in event && event.bad !== undefined) notes.badMatch.set(event.bad.step, event.bad);
  switch (event.e) {
    case 'begun':
    case 'retrying':
    case 'locking':
    case 'held':
    case 'requeued':
      notes.workers.delete(runName(event));
      return void notes.since.set(runName(event), event.at);
    case 'claimed':
      notes.workers.set(runName(event), event.by);
      return void notes.since.set(runName(event), event.at);
    case 'succeeded':
    case 'failed':
    case 'skipped':
      return void notes.since.delete(runName(event));
    case 'asked':
      notes.asked = event.at;
      return;
    case 'cancel_requested':
      notes.cancelled = { at: event.at, reason: event.reason ?? null, by: event.by ?? null };
      return;
    default:
      return;
  }
}

export function runName({ s, p = '', r = 0 }: RunKey): string {
  return `${p}/${s}/${r}`;
}
