/**
 * Gets a batch of entries onto the disk, whatever happens on the way, and says of each what became of it.
 *
 * Why nothing is written twice, and nothing is lost: a flush has an id of its own, written with it under a unique key. When
 * its answer is lost, that id is asked for before the flush is sent again; and if the first one commits only then, the
 * second runs into the key and asks once more. Epochs are those of when the batch was taken: a shard that was lost and
 * taken again in between is not ours for what was decided before.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { uuidV7 } from '../execution-id.ts';
import { createFlushWriter, type Flush, type FlushAnswer, UnsendableEntryError } from '../store/flush.ts';
import { readKeyHolders, recallFlush } from '../store/recall-flush.ts';
import type { CommitResult, JournalEntry } from './entry.ts';
import { judgeError, sqlStateOf, type Verdict } from './judge-error.ts';
import type { LaneConnection, LaneSession } from './lane-connection.ts';

export type Batch = {
  readonly entries: readonly JournalEntry[];
  /** By shard; -1 where it is not ours. */
  readonly epochs: bigint[];
};

export type Flusher = {
  /** Resolves when every entry is settled; when closed meanwhile, the rest stays unsettled. */
  flush(batch: Batch): Promise<void>;
  /** Another history is written from now on. */
  startOver(): void;
  close(): void;
};

export type FlusherDeps = {
  readonly connection: LaneConnection;
  readonly owner: string;
  readonly clock: Clock;
  readonly log: Logger;
  settled(entry: JournalEntry, result: CommitResult): void;
  /** A flush whose shards were all ours was committed; `sentAt` is of `process.hrtime.bigint()`. */
  onFencedCommit(sentAt: bigint): void;
  /** Makes room for rows that found no partition. */
  makePartitions(executionIds: readonly string[]): Promise<void>;
};

/** Tries with the same failure, after which the batch is taken apart: one of its rows may be what breaks the server. */
const MOST_FAULTS = 4;
const LONGEST_PAUSE_MS = 2_000;

/** Whether the flush at hand may have been committed without our knowing. */
type Doubt = 'none' | 'doubtful' | 'asked again';
type Failure = { readonly error: unknown; readonly verdict: Verdict; readonly tries: number };

export function createFlusher(deps: FlusherDeps): Flusher {
  const { connection, log } = deps;
  const writer = createFlushWriter();
  const closing = new AbortController();
  /** Flushes of a lane are numbered without a gap: in another history it is another lane. */
  let lane = randomUUID();
  let flushed = 0n;

  async function flush({ entries, epochs }: Batch): Promise<void> {
    if (entries.length === 0) return;
    const failure = await write({ entries, epochs });
    if (failure === undefined) return;
    if (failure.error instanceof UnsendableEntryError) {
      const { entry, message } = failure.error;
      deps.settled(entry, { kind: 'refused', sqlState: '22000', message });
      return flush({ entries: entries.filter((other) => other !== entry), epochs });
    }
    const [first] = entries;
    if (entries.length === 1 && first !== undefined) return refuse(first, failure.error);
    const middle = entries.length >> 1;
    await flush({ entries: entries.slice(0, middle), epochs });
    await flush({ entries: entries.slice(middle), epochs });
  }

  function refuse(entry: JournalEntry, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    deps.settled(entry, { kind: 'refused', sqlState: sqlStateOf(error) ?? 'XX000', message });
  }

  /** Undefined when all of the batch is settled (or we are closed); the failure when one of its entries is to blame. */
  async function write(batch: Batch): Promise<{ readonly error: unknown } | undefined> {
    const flushId = uuidV7(deps.clock.now());
    let doubt: Doubt = 'none';
    let faults = 0;
    for (let tries = 1; !closing.signal.aborted; tries += 1) {
      let answer: FlushAnswer;
      try {
        answer = await send(batch, flushId, doubt !== 'none');
      } catch (error) {
        const verdict = error instanceof UnsendableEntryError ? 'offender' : judgeError(error);
        if (verdict === 'unknown') doubt = 'doubtful';
        else if (verdict === 'offender') {
          if (doubt !== 'doubtful') return { error };
          doubt = 'asked again'; // the flush in doubt may have been committed just now, and this be its unique key
        } else if (verdict === 'reconnect') faults += 1;
        else if (verdict === 'no_partition' && (await makePartitions(batch))) faults += 1; // made, and still not there
        if (faults >= MOST_FAULTS) return { error };
        await recover({ error, verdict, tries });
        continue;
      }
      flushed += 1n;
      await settle(batch, answer);
      return undefined;
    }
    return undefined;
  }

  async function recover({ error, verdict, tries }: Failure): Promise<void> {
    report(error, verdict, tries);
    if (verdict === 'unknown' || verdict === 'reconnect' || verdict === 'unfit') connection.discard();
    if (verdict !== 'offender' && verdict !== 'no_partition') await backoff(tries);
  }

  async function send(batch: Batch, flushId: string, doubtful: boolean): Promise<FlushAnswer> {
    const session = await connection.get();
    const refs = doubtful ? await recallFlush(session.client, flushId) : undefined;
    if (refs !== undefined) return answerFrom(refs, batch);
    // Numbered in the session: making it may have shown another history.
    const flush: Flush = { ...batch, flushId, lane, owner: deps.owner, n: flushed + 1n };
    const sentAt = process.hrtime.bigint();
    const answer = await writer.write(session.client, flush, session.leaves);
    if (answer.held === null) deps.onFencedCommit(sentAt);
    return answer;
  }

  async function settle({ entries, epochs }: Batch, { held, replayed }: FlushAnswer): Promise<void> {
    const taken: JournalEntry[] = [];
    for (const entry of entries) {
      if (replayed.has(entry.executionId)) taken.push(entry);
      else if (held === null || held.has(entry.shard)) deps.settled(entry, { kind: 'committed' });
      else deps.settled(entry, { kind: entry.start === null ? 'lost_shard' : 'pending' });
    }
    if (taken.length > 0) await settleReplayed(taken, epochs);
  }

  async function settleReplayed(entries: readonly JournalEntry[], epochs: bigint[]): Promise<void> {
    const asked = entries.flatMap(({ start }) =>
      start === null || start.idempotency === null ? [] : { tenantId: start.tenantId, ...start.idempotency },
    );
    const holders = await patiently(({ client }) => readKeyHolders(client, asked));
    const again: JournalEntry[] = [];
    if (holders === undefined) return;
    for (const [index, entry] of entries.entries()) {
      const holder = holders[index];
      if (holder === undefined)
        again.push(entry); // the key was purged in between: it is free again
      // Ours after all: its shard was not, which is all that a recalled flush does not tell apart.
      else if (holder.executionId === entry.executionId) deps.settled(entry, { kind: 'pending' });
      else deps.settled(entry, { kind: 'replayed', ...holder });
    }
    await flush({ entries: again, epochs });
  }

  /** For reads after the fact: tries until there is an answer. Undefined when closed. */
  async function patiently<T>(read: (session: LaneSession) => Promise<T>): Promise<T | undefined> {
    for (let tries = 1; !closing.signal.aborted; tries += 1) {
      try {
        return await read(await connection.get());
      } catch (error) {
        connection.discard();
        report(error, 'reconnect', tries);
        await backoff(tries);
      }
    }
    return undefined;
  }

  /** False when that failed: then nobody can tell whether it would have helped. */
  async function makePartitions({ entries }: Batch): Promise<boolean> {
    try {
      // The id of a gate tells no time, and nothing of it lives in months.
      await deps.makePartitions(entries.flatMap(({ executionId, row, start }) => ((row ?? start) ? executionId : [])));
      return true;
    } catch (error) {
      log.error({ error }, 'a partition that is needed could not be made');
      await backoff(MOST_FAULTS);
      return false;
    }
  }

  async function backoff(tries: number): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE_MS, 10 * 2 ** tries);
    // Jitter: the lanes of all processes lost the same server.
    await pause(longest * (0.5 + Math.random() / 2), undefined, { signal: closing.signal }).catch(() => undefined);
  }

  function report(error: unknown, verdict: string, tries: number): void {
    const isPowerOfTwo = (tries & (tries - 1)) === 0; // an outage is a few lines, not one a try
    if (isPowerOfTwo) log.warn({ error, verdict, tries }, 'a flush of the journal did not succeed; it is tried again');
  }

  return {
    flush,
    startOver() {
      lane = randomUUID();
      flushed = 0n;
    },
    close: () => closing.abort(),
  };
}

/** What a committed flush answered, from the executions that it names: those it wrote as owner. */
function answerFrom(refs: ReadonlySet<string>, { entries }: Batch): FlushAnswer {
  const held = new Set<number>();
  const replayed = new Set<string>();
  for (const { executionId, shard, start } of entries) {
    if (refs.has(executionId)) held.add(shard);
    else if (start !== null && start.idempotency !== null) replayed.add(executionId);
  }
  return { held, replayed };
}
