/**
 * What comes from the database: starts that others wrote, commands, executions whose owner died. A poll is the truth; a
 * hint only makes it look sooner. Never a cursor over an identity column: a slow transaction commits behind it.
 *
 * Timers that are due pass through here as well: what was accepted for an execution before its timer was due is heard before it.
 */
import type { GateHolder } from '@cloudflow/core/gate/gate.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { AttemptOutcome, ChildEnd, RunInput } from '@cloudflow/core/run/contract.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import type { Intervention } from '../engine.ts';
import { granted, type ToGate } from '../gates/gate-messages.ts';
import type { InboxRow } from '../store/inbox-of.ts';
import type { UnfinishedRow } from '../store/unfinished.ts';
import { taskInput } from '../tasks/task-messages.ts';
import type { Admission } from './admission.ts';
import type { Loader } from './loader.ts';
import { createPolling } from './polling.ts';
import type { HeapTimer } from './timer-heap.ts';
import type { TryKey } from './try.ts';

type TurnedAway = Extract<RunInput, { kind: 'turned_away' }>;
type GateAskMessage = Extract<ToGate, { kind: 'gate_ask' }>;

export type InboundDeps = {
  readonly log: Logger;
  readonly loader: Pick<Loader, 'deliver' | 'load'>;
  /** `gateId` is where others have an execution's id. */
  readonly toGate: (gateId: string, message: ToGate, inboxId: string) => void;
  readonly ownedShards: () => readonly number[];
  readonly admission: Admission;
  readonly inboxOf: (shards: readonly number[], limit: number) => Promise<readonly InboxRow[]>;
  readonly unfinished: (
    shards: readonly number[],
    after: string | null,
    limit: number,
  ) => Promise<readonly UnfinishedRow[]>;
  readonly onDue: (timer: HeapTimer) => void;
  readonly pollEveryMs: () => number;
};

export type Inbound = {
  /** From now on the tables are looked at, again and again. */
  begin(): void;
  /** Looks now for rows of the inbox, or for starts. */
  hint(table: 'inbox' | 'starts'): void;
  /** Hands these on after what came before they were due, which a look that begins now finds. */
  due(timers: readonly HeapTimer[]): void;
  /** Rebuilds what can move in shards that were just taken. */
  recover(shards: readonly number[]): Promise<void>;
  /** Inbox rows that have been deleted, or that this process no longer answers for. */
  consumed(inboxIds: readonly string[]): void;
  stop(): Promise<void>;
};

const INBOX_BATCH = 1_000;
/** With so many rows in hand no more are taken: the lane is behind. */
const MOST_IN_HAND = 20_000;
/** Looks that timers ask for are at least so far apart. */
const DUE_GAP_MS = 10;
const RECOVERY_PAGE = 500;
/** Executions that are read at the same time: they share statements. */
const READERS = 400;

export function createInbound(deps: InboundDeps): Inbound {
  const { loader, log } = deps;
  // Handed to an execution, and not yet deleted by the flush that holds its event.
  const inHand = new Set<string>();
  // Deleted since the look under way began: it may have seen them all the same, and no signal is heard twice.
  let deletedMeanwhile = new Set<string>();
  let dueTimers: HeapTimer[] = [];
  let stopped = false;

  const inboxOutage = createOutage(log, {
    failed: 'the inbox could not be read; it is tried again',
    over: 'the inbox is read again',
  });
  const startsOutage = createOutage(log, {
    failed: 'pending starts could not be read; it is tried again',
    over: 'pending starts are read again',
  });
  // Apart: who sends a signal does not wait for thousands of starts to be read.
  const inbox = createPolling({ look: lookAtInbox, everyMs: deps.pollEveryMs, outage: inboxOutage });
  const lookForStarts = () => deps.admission.look(startsOutage.over);
  const starts = createPolling({ look: lookForStarts, everyMs: deps.pollEveryMs, outage: startsOutage });

  async function lookAtInbox(): Promise<boolean> {
    const timers = dueTimers;
    dueTimers = [];
    const shards = deps.ownedShards();
    if (shards.length === 0) return false; // their timers are for the new owners
    deletedMeanwhile = new Set();
    const limit = inHand.size < MOST_IN_HAND ? INBOX_BATCH + inHand.size : 0;
    let rows: readonly InboxRow[];
    try {
      rows = limit === 0 ? [] : await deps.inboxOf(shards, limit);
    } catch (error) {
      dueTimers = [...timers, ...dueTimers];
      throw error;
    }
    inboxOutage.over(); // not for a look that had nothing to ask
    inOrder(rows, timers);
    return limit > 0 && rows.length === limit;
  }

  /** Of each execution what happened first is heard first, by the database's clock. */
  function inOrder(rows: readonly InboxRow[], timers: readonly HeapTimer[]): void {
    const byExecution = Map.groupBy(timers, ({ executionId }) => executionId);
    for (const row of rows) {
      const waiting = byExecution.get(row.executionId);
      while (waiting?.[0] !== undefined && waiting[0].due <= row.createdAt) deps.onDue(waiting.shift() as HeapTimer);
      take(row);
    }
    for (const waiting of byExecution.values()) for (const timer of waiting) deps.onDue(timer);
  }

  function take({ id, shard, executionId, kind, payload, createdAt }: InboxRow): void {
    if (inHand.has(id) || deletedMeanwhile.has(id)) return;
    inHand.add(id);
    if (kind === 'cancel' || kind === 'pause' || kind === 'resume') {
      const why = JSON.parse(payload) as { reason?: string; by?: string };
      // Applied by when it was asked, which is what the caller was told.
      const asked = { at: createdAt, ...why };
      const input: RunInput = kind === 'cancel' ? { ...asked, kind } : { ...asked, kind, scope: 'execution' };
      return loader.deliver(executionId, shard, { input, inboxId: id });
    }
    if (kind === 'intervene') {
      const input = { kind, at: createdAt, ...(JSON.parse(payload) as Intervention) } as const;
      return loader.deliver(executionId, shard, { input, inboxId: id });
    }
    if (kind === 'signal') {
      const { name, payload: sent } = JSON.parse(payload) as { name: string; payload: Json };
      return loader.deliver(executionId, shard, {
        input: { kind, at: createdAt, name, payload: sent },
        inboxId: id,
      });
    }
    if (kind === 'attempt_ended') {
      const { key, attempt, outcome } = JSON.parse(payload) as TryKey & { outcome: AttemptOutcome };
      const input = { kind, key, attempt, at: createdAt, outcome } as const;
      return loader.deliver(executionId, shard, { input, inboxId: id });
    }
    if (kind === 'task_claimed' || kind === 'task_lost' || kind === 'task_ended') {
      const input = taskInput(kind, payload, createdAt);
      return loader.deliver(executionId, shard, { input, inboxId: id });
    }
    if (kind === 'child_ended') {
      const end = JSON.parse(payload) as ChildEnd;
      return loader.deliver(executionId, shard, { input: { kind, at: createdAt, ...end }, inboxId: id });
    }
    if (kind === 'granted') {
      const { run } = JSON.parse(payload) as { run: string };
      return loader.deliver(executionId, shard, { input: granted(run, createdAt), inboxId: id });
    }
    if (kind === 'turned_away') {
      const { code } = JSON.parse(payload) as { code: TurnedAway['code'] };
      return loader.deliver(executionId, shard, { input: { kind, at: createdAt, code }, inboxId: id });
    }
    if (kind === 'gate_ask')
      return deps.toGate(executionId, { kind, ...(JSON.parse(payload) as Omit<GateAskMessage, 'kind'>) }, id);
    if (kind === 'gate_leave') return deps.toGate(executionId, { kind, holder: JSON.parse(payload) as GateHolder }, id);
    log.error(
      { kind, inbox_id: id, execution_id: executionId },
      'a command of a kind that this version does not know; it is left for a newer one',
    );
  }

  async function recover(shards: readonly number[]): Promise<void> {
    let after: string | null = null;
    let count = 0;
    for (;;) {
      const page: readonly UnfinishedRow[] = await deps.unfinished(shards, after, RECOVERY_PAGE);
      const moving = page.filter((row) => !row.waitsOnly);
      await inParallel(moving, (row) => loader.load(row.id));
      count += moving.length;
      after = page.at(-1)?.id ?? null;
      if (page.length < RECOVERY_PAGE || stopped) break;
    }
    if (count > 0) log.info({ executions: count, shards: shards.length }, 'executions were taken up again');
  }

  return {
    begin() {
      inbox.begin();
      starts.begin();
    },
    hint: (table) => (table === 'inbox' ? inbox : starts).hint(),
    due(timers) {
      for (const timer of timers) dueTimers.push(timer);
      inbox.hint(DUE_GAP_MS);
    },
    recover,
    consumed(inboxIds) {
      for (const id of inboxIds) {
        inHand.delete(id);
        if (inbox.isLooking) deletedMeanwhile.add(id);
      }
    },
    async stop() {
      stopped = true;
      await Promise.all([inbox.stop(), starts.stop()]);
    },
  };
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const reader = async (): Promise<void> => {
    for (let item = items[next]; item !== undefined; item = items[next]) {
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
}
