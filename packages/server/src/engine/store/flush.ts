/** Runs one flush: entries in, what became of each out. Everything of it is one statement, so one transaction. */
import type pg from 'pg';
import { ArrayColumn } from '../journal/array-column.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { createParts, type Parts } from '../journal/flush-columns.ts';
import { flushStatement, type HeadLeaves, partOrder } from './flush-statement.ts';

export type Flush = {
  /** UUIDv7, new for each flush and kept when it is sent again: what tells that it was committed. */
  readonly flushId: string;
  readonly owner: string;
  readonly lane: string;
  /** Counts the flushes of the lane, without gaps. */
  readonly n: bigint;
  readonly entries: readonly JournalEntry[];
  /** The epoch of each of the 256 shards; -1 where it is not ours. */
  readonly epochs: readonly bigint[];
};

export type FlushAnswer = {
  /** Shards that turned out to be ours; null: all that were named. */
  readonly held: ReadonlySet<number> | null;
  /** Starts whose key was taken. */
  readonly replayed: ReadonlySet<string>;
};

export type FlushWriter = { write(client: pg.Client, flush: Flush, leaves: LeafFinder): Promise<FlushAnswer> };

/** The names of the partitions that these executions are in; null when they are too many to be named. */
export type LeafFinder = (executionIds: readonly string[]) => HeadLeaves;

/** An entry that cannot even be sent. Thrown before anything of its flush was. */
export class UnsendableEntryError extends Error {
  override readonly name = 'UnsendableEntryError';
  readonly entry: JournalEntry;

  constructor(entry: JournalEntry, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.entry = entry;
  }
}

/** One for each lane: its buffers are used again, so only one flush may be under way. */
export function createFlushWriter(): FlushWriter {
  const parts = createParts();
  const common = {
    shards: new ArrayColumn('int2'),
    epochs: new ArrayColumn('int8'),
    executions: new ArrayColumn('uuid'),
    executionShards: new ArrayColumn('int2'),
  };

  function gather({ entries, epochs }: Flush): { readonly shardCount: number; readonly moved: readonly string[] } {
    for (const name of partOrder) parts[name].reset();
    for (const column of Object.values(common)) column.reset();
    const seen = new Uint8Array(epochs.length);
    const moved: string[] = [];
    for (const entry of entries) {
      seen[entry.shard] = 1;
      if (entry.head !== null && entry.start === null) moved.push(entry.executionId);
      addOrBlame(entry);
    }
    for (let shard = 0; shard < epochs.length; shard += 1) {
      common.epochs.int8(epochs[shard] as bigint);
      if (seen[shard] === 1) common.shards.int2(shard);
    }
    return { shardCount: common.shards.length, moved };
  }

  function addOrBlame(entry: JournalEntry): void {
    try {
      common.executions.uuid(entry.executionId);
      common.executionShards.int2(entry.shard);
      addEntry(parts, entry);
    } catch (error) {
      throw new UnsendableEntryError(entry, error);
    }
  }

  return {
    async write(client, flush, leaves) {
      const { shardCount, moved } = gather(flush);
      const present = partOrder.map((name) => parts[name]).filter((part) => !part.isEmpty);
      const { name, text } = statementOf(present, moved.length === 0 ? [] : leaves(moved));
      const { shards, epochs, executions, executionShards } = common;
      const values: unknown[] = [
        flush.flushId,
        flush.owner,
        shards.parameter(),
        shardCount,
        epochs.parameter(),
        flush.lane,
        flush.n,
        executions.parameter(),
        executionShards.parameter(),
      ];
      for (const part of present) values.push(...part.parameters());
      const { rows } = await client.query<AnswerRow>({ name, text, values });
      return answerOf(rows[0]);
    },
  };
}

function addEntry(parts: Parts, entry: JournalEntry): void {
  const { start, row, head } = entry;
  if (start !== null) {
    parts.starts.add(start, entry);
    if (start.idempotency !== null) parts.keys.add(start.idempotency, entry);
  } else {
    if (head !== null) parts.heads.add(head, entry);
    if (entry.allTimersOff) parts.ended.add(null, entry);
    for (const timer of entry.disarmed) parts.disarmed.add(timer, entry);
  }
  if (row !== null) parts.rows.add(row, entry);
  for (const timer of entry.armed) parts.armed.add(timer, entry);
  for (const id of entry.consumed) parts.consumed.add(id, entry);
  for (const row of entry.sent) parts.sent.add(row, entry);
  for (const child of entry.children) parts.children.add(child, entry);
  for (const task of entry.tasks) parts.tasks.add(task, entry);
  for (const task of entry.withdrawn) parts.withdrawn.add(task, entry);
  for (const row of entry.gates) {
    if (row.entry === null) parts.leaving.add(row, entry);
    else parts.places.add({ ...row, entry: row.entry }, entry);
  }
}

type AnswerRow = { readonly held: string | null; readonly replayed: string | null };

const none: ReadonlySet<string> = new Set();

function answerOf(row: AnswerRow | undefined): FlushAnswer {
  if (row === undefined) throw new Error('a flush was answered with no row');
  return {
    held: row.held === null ? null : new Set(row.held.split(',').filter(Boolean).map(Number)),
    replayed: row.replayed === null ? none : new Set(row.replayed.split(',')),
  };
}

/** Texts by the set of parts and the partitions: a dozen in practice. */
const statements = new Map<string, ReturnType<typeof flushStatement>>();

function statementOf(present: readonly Parts[keyof Parts][], leaves: HeadLeaves): ReturnType<typeof flushStatement> {
  let shape = leaves === null ? 'parent' : leaves.join(',');
  for (const { name } of present) shape += ` ${name}`;
  let statement = statements.get(shape);
  if (statement === undefined) {
    statement = flushStatement(present, leaves);
    statements.set(shape, statement);
  }
  return statement;
}
