/** Who is to see to rows that were committed is told at once: ourselves, or whoever owns their shards. */
import { shardOf } from './execution-id.ts';
import type { JournalEntry } from './journal/entry.ts';
import { createHints, type Hints } from './ownership/hints.ts';
import type { Parts } from './wiring.ts';

type Hinted = Pick<Parts, 'inbound' | 'ownership' | 'hints' | 'claims'>;

export function hint(
  { inbound, ownership, hints }: Hinted,
  table: 'inbox' | 'starts',
  executionIds: readonly string[],
): void {
  let isForUs = false;
  for (const id of executionIds) {
    const shard = shardOf(id);
    if (ownership.owns(shard)) isForUs = true;
    else hints.tell(table, shard);
  }
  if (isForUs) inbound.hint(table);
}

/** What the entry sent to others, and the children that it started. */
export function hintAfter(parts: Hinted, { sent, children, tasks }: JournalEntry): void {
  if (tasks.length > 0) {
    parts.claims.offered();
    parts.hints.tellOfTasks();
  }
  if (sent.length > 0)
    hint(
      parts,
      'inbox',
      sent.map(({ to }) => to),
    );
  if (children.length > 0)
    hint(
      parts,
      'starts',
      children.map(({ executionId }) => executionId),
    );
}

export function wireHints(parts: Parts): Hints {
  const { database, log } = parts.deps;
  return createHints({
    connect: () => database.connectDirect('hints'),
    owner: parts.owner,
    log,
    onHint(heard) {
      if (heard === 'shards') parts.ownership.look();
      else if (heard === 'tasks') parts.claims.offered();
      else parts.inbound.hint(heard);
    },
  });
}

const HINTED_MS = 1_000;
const UNHINTED_MS = 250;

/** How often the tables are looked at. Where there is no room for more, what waits is taken up soon after there is. */
export function pollEveryMs({ hints, runner, deps: { maxInFlight, pollEveryMs } }: Parts): number {
  return pollEveryMs ?? (hints.isListening && runner.size < maxInFlight ? HINTED_MS : UNHINTED_MS);
}
