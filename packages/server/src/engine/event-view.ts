/** The journal as people and clients read it: packed rows expanded, short keys in full words. */
import { masked } from '@cloudflow/core/definition/sensitive.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { EventKind, RunEvent } from '@cloudflow/core/run/event.ts';
import { iso } from './execution-view.ts';
import type { StoredEvent } from './journal/large-values.ts';

/** One row of the journal: the events of one flush, in order, as a JSON array. */
export type JournalRow = { readonly seq: number; readonly eventsText: string };

/** Where an event stands: its journal row, and its place in it from 0. */
export type EventPosition = { readonly seq: number; readonly place: number };

export type EventView = {
  /** `<seq>.<place>`: grows along the journal. */
  readonly id: string;
  readonly seq: number;
  readonly type: string;
  readonly at: string | null;
  readonly step_id?: string;
  readonly [field: string]: Json | undefined;
};

function parseJournalRow(row: JournalRow): readonly StoredEvent[] {
  return JSON.parse(row.eventsText) as StoredEvent[];
}

export type EventPage = { readonly events: readonly EventView[]; readonly next: EventPosition | null };

/** At most `limit` events from `from` on, and where the next page begins; null when these rows hold no more. */
export function eventPage(rows: readonly JournalRow[], from: EventPosition, limit: number): EventPage {
  const events: EventView[] = [];
  for (const row of rows) {
    const skipped = row.seq === from.seq ? from.place : 0;
    for (const [place, event] of parseJournalRow(row).entries()) {
      if (place < skipped) continue;
      if (events.length === limit) return { events, next: { seq: row.seq, place } };
      events.push(eventView({ seq: row.seq, place }, event));
    }
  }
  return { events, next: null };
}

const names: Readonly<Record<EventKind, string>> = {
  asked: 'slot_asked',
  started: 'execution_started',
  locking: 'lock_asked',
  locked: 'step_locked',
  adopted: 'outcomes_adopted',
  begun: 'step_started',
  claimed: 'task_claimed',
  requeued: 'task_requeued',
  retrying: 'step_retrying',
  called: 'child_started',
  detached: 'items_started',
  recalled: 'child_cancel_requested',
  opened: 'block_opened',
  arrived: 'arrived',
  passed: 'arrivals_passed_over',
  succeeded: 'step_succeeded',
  failed: 'step_failed',
  skipped: 'step_skipped',
  signalled: 'signal_received',
  held: 'step_held',
  taken: 'signal_taken',
  cancel_requested: 'cancel_requested',
  stopping: 'stopping',
  phase: 'phase_changed',
  item_failed: 'item_failed',
  intervened: 'intervention',
  paused: 'execution_paused',
  resumed: 'execution_resumed',
  compensation_failed: 'compensation_failed',
  ended: 'execution_ended',
};

/** Fields that are only spelled out. Those that are not in the table keep their name: a new event is shown as it is. */
const fields: Readonly<Record<string, string>> = {
  s: 'step_id',
  p: 'scope',
  r: 'round',
  a: 'attempt',
  in: 'input',
  o: 'output',
  v: 'variables',
  c: 'case',
  b: 'block',
  i: 'index',
  err: 'error',
  st: 'status',
  to: 'status',
  w: 'withdrawn',
  f: 'arrivals',
  sc: 'pause_scope',
  t: 'target_step_id',
  x: 'passed_over',
  g: 'signal',
  n: 'name',
  d: 'payload',
  bad: 'match_error',
  mk: 'secret_marker',
  id: 'child_execution_id',
  ver: 'child_version',
  k: 'key',
  do: 'deed',
  why: 'reason',
  of: 'execution_id',
  h: 'parked',
  ids: 'child_execution_ids',
  tk: 'is_task',
};

function eventView({ seq, place }: EventPosition, event: RunEvent): EventView {
  // What was adopted is in the journal that it was taken from, and in the steps; as an event it could be as long as all of that.
  const shown = event.e === 'adopted' ? { e: event.e, at: event.at, of: event.of, count: event.n } : event;
  const { e, at, ...rest } = shown as RunEvent & { readonly [key: string]: Json };
  const view: Record<string, Json> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (key === 'enc') {
      Object.assign(view, maskedFields(value));
      continue;
    }
    view[nameOf(key)] = key === 'until' ? iso(value as number) : (value as Json);
  }
  return { id: `${seq}.${place}`, seq, type: names[e], at: iso(at), ...view };
}

function nameOf(key: string): string {
  return Object.hasOwn(fields, key) ? (fields[key] as string) : key;
}

/** In place of what is encrypted: nothing that shows the journal opens it. */
function maskedFields(sealed: Json): Record<string, Json> {
  return Object.fromEntries(Object.keys(sealed as object).map((key) => [nameOf(key), masked]));
}

export function positionOf({ id }: EventView): EventPosition {
  const [seq = 0, place = 0] = id.split('.').map(Number);
  return { seq, place };
}

/** The view with the values that its row only refers to. */
export async function wholeView(view: EventView, read: (digest: string) => Promise<Json>): Promise<EventView> {
  if (view['big'] === undefined) return view;
  const { big, ...small } = view;
  const whole: Record<string, Json | undefined> = small;
  for (const [key, digest] of Object.entries(big as { readonly [key: string]: string }))
    if (key === 'enc') Object.assign(whole, maskedFields(await read(digest)));
    else whole[nameOf(key)] = await read(digest);
  return whole as EventView;
}
