/**
 * What comes from the database: starts that others wrote, commands, executions whose owner died. A poll is the truth; a
 * hint only makes it look sooner. Never a cursor over an identity column: a slow transaction commits behind it.
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
import type { Loader } from './loader.ts';
import type { TryKey } from './try.ts';

type TurnedAway = Extract<RunInput, { kind: 'turned_away' }>;
type GateAskMessage = Extract<ToGate, { kind: 'gate_ask' }>;

export type InboundDeps = {
  readonly log: Logger;
  readonly loader: Pick<Loader, 'deliver' | 'load' | 'putOff'>;
  /** `gateId` is where others have an execution's id. */
  readonly toGate: (gateId: string, message: ToGate, inboxId: string) => void;
  readonly ownedShards: () => readonly number[];
  readonly pendingStarts: (shards: readonly number[], limit: number) => Promise<readonly string[]>;
  readonly inboxOf: (shards: readonly number[], limit: number) => Promise<readonly InboxRow[]>;
  readonly unfinished: (
    shards: readonly number[],
    after: string | null,
    limit: number,
  ) => Promise<readonly UnfinishedRow[]>;
  /** How many more executions may be in memory. */
  readonly room: () => number;
};

export type Inbound = {
  /** From now on the tables are looked at, again and again. */
  begin(): void;
  /** Looks now. */
  hint(): void;
  /** Rebuilds what can move in shards that were just taken. */
  recover(shards: readonly number[]): Promise<void>;
  /** Inbox rows that have been deleted, or that this process no longer answers for. */
  consumed(inboxIds: readonly string[]): void;
  stop(): Promise<void>;
};

const POLL_EVERY_MS = 250;
const INBOX_BATCH = 1_000;
const RECOVERY_PAGE = 500;
/** Executions that are read at the same time: they share statements. */
const READERS = 400;

export function createInbound(deps: InboundDeps): Inbound {
  const { loader, log } = deps;
  const outage = createOutage(log, {
    failed: 'the inbox could not be read; it is tried again',
    over: 'the inbox is read again',
  });
  // Handed to an execution, and not yet deleted by the flush that holds its event.
  const inHand = new Set<string>();
  // Deleted since the look under way began: it may have seen them all the same, and no signal is heard twice.
  let deletedMeanwhile = new Set<string>();
  let again: NodeJS.Timeout | null = null;
  let polling: Promise<void> | null = null;
  let hinted = false;
  let begun = false;
  let stopped = false;

  async function poll(): Promise<void> {
    const shards = deps.ownedShards();
    if (shards.length === 0) return;
    deletedMeanwhile = new Set();
    const [starts, inbox] = await Promise.all([
      // Those that are put off stand in the table before the others, and must not hide them.
      deps.room() > 0 ? deps.pendingStarts(shards, Math.min(deps.room(), RECOVERY_PAGE) + loader.putOff.size) : [],
      deps.inboxOf(shards, INBOX_BATCH + inHand.size),
    ]);
    outage.over(); // not for a look that had nothing to ask
    for (const row of inbox) take(row);
    const due = starts.filter((executionId) => !loader.putOff.has(executionId));
    await inParallel(due, (executionId) => loader.load(executionId));
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

  function look(): void {
    if (stopped || !begun) return;
    if (polling !== null) {
      hinted = true;
      return;
    }
    if (again !== null) clearTimeout(again);
    hinted = false;
    polling = poll()
      .catch((error: unknown) => outage.failed({ error }))
      .finally(() => {
        polling = null;
        if (!stopped) again = setTimeout(look, hinted ? 0 : POLL_EVERY_MS);
      });
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
      begun = true;
      look();
    },
    hint: look,
    recover,
    consumed(inboxIds) {
      for (const id of inboxIds) {
        inHand.delete(id);
        if (polling !== null) deletedMeanwhile.add(id);
      }
    },
    async stop() {
      stopped = true;
      if (again !== null) clearTimeout(again);
      await polling;
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
