/**
 * Keeps the gates of the shards that are ours: in memory as the rules have them, in `gate_entries` as the last flush wrote
 * them. Two ways lead to a gate.
 *
 * *From an execution of the same shard*: it is asked and answered at once, in memory. The row of the place rides in the
 * execution's own entry, so that its start and its place, its end and the end of its place, are one; one fence covers both.
 *
 * *From elsewhere*: an ask or a leave is a row of the inbox, written with the event that it follows from. It is deleted in the
 * flush that holds what it led to, with the row of the answer: a crash in between applies it again.
 *
 * A row is in one entry of a flush only: in that of the execution while it asks or leaves, else in that of the gate. And
 * whoever is let pass because another left, is so when that is committed.
 */
import {
  ask,
  createGate,
  type Gate,
  type GateDecision,
  type GateEntry,
  type GateHolder,
  holderId,
  leave,
  look,
} from '@cloudflow/core/gate/gate.ts';
import type { RunInput } from '@cloudflow/core/run/contract.ts';
import type { GateEffect } from '@cloudflow/core/run/state.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { shardOf } from '../execution-id.ts';
import type { CommitResult, GateRow, JournalEntry, SentRow } from '../journal/entry.ts';
import type { LiveExecution, LocalPlaces } from '../runner/live.ts';
import type { StoredEntry } from '../store/gate-entries.ts';
import { answerMessage, askOf, gateOf, granted, holderOf, inputOf, type ToGate } from './gate-messages.ts';

export type GateKeeperDeps = {
  readonly log: Logger;
  readonly read: (gateId: string) => Promise<readonly StoredEntry[]>;
  /** Those among the gates of these shards where somebody waits in front of a free place. */
  readonly standing: (shards: readonly number[]) => Promise<readonly string[]>;
  /** The epoch under which a shard is ours; undefined when it is not. */
  readonly epochOf: (shard: number) => bigint | undefined;
  readonly live: (executionId: string) => LiveExecution | undefined;
  readonly hear: (live: LiveExecution, input: RunInput) => void;
  /** Brings an execution of our shards into memory, and says so by `arrived`; tries until it can. */
  readonly load: (executionId: string) => void;
  readonly now: () => number;
  readonly wakeLane: () => void;
  /** Inbox rows that were deleted, or could not be delivered. */
  readonly onConsumed: (inboxIds: readonly string[]) => void;
};

export type GateKeeper = {
  /** Reads the gate when it is ours and not in memory. Never fails: without it the gate is asked by way of the inbox. */
  prepare(gateId: string): Promise<void>;
  /** See `RunnerDeps.atOwnGate`. */
  atOwnGate(live: LiveExecution, effect: GateEffect): boolean;
  /** It is in memory, and may have been let pass while it was not. */
  arrived(live: LiveExecution): void;
  /** The end of the execution is committed: its place is free. */
  ended(live: LiveExecution): void;
  /** Its start was not written: it never asked. */
  undone(live: LiveExecution): void;
  deliver(gateId: string, message: ToGate, inboxId: string): void;
  /** Lets pass whoever an owner before us left standing in front of a free place. */
  recover(shards: readonly number[]): Promise<void>;
  forget(shards: ReadonlySet<number>): void;
  /** Who waits at the gates in memory. */
  waiting(): number;
  readonly source: {
    take(limit: number): JournalEntry[];
    /** False for an entry that is none of a gate. */
    settled(entry: JournalEntry, result: CommitResult): boolean;
  };
};

type KeptGate = {
  readonly id: string;
  readonly shard: number;
  readonly gate: Gate;
  tenantId: string;
  /** What no flush has taken yet. */
  rows: Map<string, GateRow>;
  sent: SentRow[];
  consumed: string[];
};

/** Gates without anybody are kept in memory up to this number: asking one again needs no read. */
const MOST_EMPTY = 10_000;

export function createGateKeeper(deps: GateKeeperDeps): GateKeeper {
  const gates = new Map<string, KeptGate>();
  const reading = new Map<string, Promise<KeptGate | undefined>>();
  const dirty = new Set<KeptGate>();
  const inFlight = new Map<JournalEntry, KeptGate>();

  /** Undefined when it is not ours (any more). */
  function find(id: string): Promise<KeptGate | undefined> {
    const known = gates.get(id);
    if (known !== undefined) return Promise.resolve(known);
    let read = reading.get(id);
    if (read === undefined) {
      read = readGate(id).finally(() => reading.delete(id));
      reading.set(id, read);
    }
    return read;
  }

  async function readGate(id: string): Promise<KeptGate | undefined> {
    const shard = shardOf(id);
    const epoch = deps.epochOf(shard);
    if (epoch === undefined) return undefined;
    const stored = await deps.read(id);
    // While we read, the shard may have gone, and even have come back: then others have written to it.
    if (deps.epochOf(shard) !== epoch) return undefined;
    const tenantId = stored[0]?.tenantId ?? '';
    const kept: KeptGate = { id, shard, gate: createGate(stored), tenantId, rows: new Map(), sent: [], consumed: [] };
    if (gates.size >= MOST_EMPTY) dropEmpty();
    gates.set(id, kept);
    return kept;
  }

  function dropEmpty(): void {
    for (const [id, kept] of gates) if (kept.gate.entries.size === 0 && !dirty.has(kept)) gates.delete(id);
  }

  function markDirty(kept: KeptGate): void {
    dirty.add(kept);
    deps.wakeLane();
  }

  /** What the rules decided goes with an entry of the gate itself. */
  function keep(kept: KeptGate, { changed, answers }: GateDecision): void {
    for (const entry of changed) {
      // Its execution is about to write it, as it is by then.
      if (isWrittenBy(deps.live(entry.execution)?.decided.gates, entry)) continue;
      kept.rows.set(holderId(entry), rowOf(kept, entry, entry));
    }
    for (const answer of answers) kept.sent.push(answerMessage(answer));
    if (changed.length > 0 || answers.length > 0) markDirty(kept);
  }

  /**
   * Others left, and these may pass. One of this shard begins here and now: its place is written in its own entry, with its
   * beginning. Should we die before that is committed, it stands in front of a free place, and is found by `standing`.
   */
  function letPass(kept: KeptGate, { changed, answers }: GateDecision): void {
    const isHere = ({ execution, run }: GateHolder): boolean => run === '' && shardOf(execution) === kept.shard;
    keep(kept, {
      changed: changed.filter((entry) => !isHere(entry)),
      answers: answers.filter(({ to }) => !isHere(to)),
    });
    for (const entry of changed) {
      if (!isHere(entry)) continue;
      kept.rows.delete(holderId(entry));
      const live = deps.live(entry.execution);
      if (live === undefined) deps.load(entry.execution);
      else arrived(live);
    }
  }

  function arrived(live: LiveExecution): void {
    const { slot, status } = live.state;
    if (status !== 'PENDING' || slot === null) return;
    const kept = gates.get(gateOf(live, { kind: 'leave', gate: { of: 'concurrency', key: slot.key } }));
    const entry = kept?.gate.entries.get(holderId(holderOf(live, undefined)));
    if (kept === undefined || kept.shard !== live.shard || entry === undefined || !entry.held) return;
    const places = placesOf(live);
    if (!isWrittenBy(places, entry)) places.rows.push(rowOf(kept, entry, entry));
    deps.hear(live, granted('', deps.now()));
  }

  function askHere(live: LiveExecution, kept: KeptGate, effect: Extract<GateEffect, { kind: 'ask' }>): void {
    kept.tenantId = live.tenantId;
    const asked = askOf(live, effect);
    const { changed, answers } = ask(kept.gate, asked);
    const places = placesOf(live);
    for (const entry of changed) places.rows.push(rowOf(kept, entry, entry));
    for (const answer of answers) {
      if (answer.to.execution === live.id) deps.hear(live, inputOf(answer, effect.at));
      else places.sent.push(answerMessage(answer));
    }
  }

  /** False when the gate knows nothing of it (yet): what it asked may still be a row of the inbox, and this comes after it. */
  function leaveHere(live: LiveExecution, kept: KeptGate, holder: GateHolder): boolean {
    const entry = kept.gate.entries.get(holderId(holder));
    if (entry === undefined) return false;
    kept.rows.delete(holderId(holder));
    const places = placesOf(live);
    const isOnDisk = live.start === null || !isWrittenBy(places, entry);
    places.rows = places.rows.filter((row) => row.entry !== entry);
    if (isOnDisk) places.rows.push(rowOf(kept, holder, null));
    // Who only waited goes at once, so that nobody lets it pass; a place that is held is free when the end is committed.
    if (!entry.held) leave(kept.gate, holder);
    return true;
  }

  function gone(live: LiveExecution): KeptGate | undefined {
    const { slot } = live.state;
    if (slot === null) return undefined;
    const kept = gates.get(gateOf(live, { kind: 'leave', gate: { of: 'concurrency', key: slot.key } }));
    if (kept === undefined || kept.shard !== live.shard) return undefined;
    letPass(kept, leave(kept.gate, holderOf(live, undefined)));
    return kept;
  }

  function heard(kept: KeptGate, message: ToGate, inboxId: string): void {
    kept.consumed.push(inboxId);
    if (message.kind === 'gate_ask') {
      kept.tenantId = message.tenantId;
      keep(kept, ask(kept.gate, message.ask));
    } else {
      kept.rows.set(holderId(message.holder), rowOf(kept, message.holder, null));
      letPass(kept, leave(kept.gate, message.holder));
    }
    markDirty(kept);
  }

  function entryOf(kept: KeptGate): JournalEntry {
    const { id, shard, rows, sent, consumed } = kept;
    kept.rows = new Map();
    kept.sent = [];
    kept.consumed = [];
    return {
      executionId: id,
      shard,
      start: null,
      row: null,
      head: null,
      armed: [],
      disarmed: [],
      allTimersOff: false,
      consumed,
      sent,
      children: [],
      tasks: [],
      withdrawn: [],
      gates: [...rows.values()],
    };
  }

  return {
    async prepare(gateId) {
      try {
        await find(gateId);
      } catch (error) {
        deps.log.warn({ error, gate_id: gateId }, 'a gate could not be read; it is asked by way of the inbox');
      }
    },
    atOwnGate(live, effect) {
      if (effect.key !== undefined) return false; // a lock is asked and left in the middle of an execution, by way of the inbox
      const kept = gates.get(gateOf(live, effect));
      if (kept === undefined || kept.shard !== live.shard) return false;
      if (effect.kind === 'leave') return leaveHere(live, kept, holderOf(live, undefined));
      askHere(live, kept, effect);
      return true;
    },
    arrived,
    ended: gone,
    undone(live) {
      const kept = gone(live);
      if (kept === undefined) return;
      // It may have been let pass while its start was under way.
      const holder = holderOf(live, undefined);
      kept.rows.set(holderId(holder), rowOf(kept, holder, null));
      markDirty(kept);
    },
    deliver(gateId, message, inboxId) {
      find(gateId)
        .then((kept) => {
          if (kept === undefined) deps.onConsumed([inboxId]);
          else heard(kept, message, inboxId);
        })
        .catch((error: unknown) => {
          deps.log.error({ error, gate_id: gateId }, 'a gate could not be read; it is tried again');
          deps.onConsumed([inboxId]); // the next look finds it again
        });
    },
    async recover(shards) {
      for (const id of await deps.standing(shards)) {
        const kept = await find(id);
        if (kept !== undefined) letPass(kept, look(kept.gate));
      }
    },
    forget(shards) {
      for (const kept of gates.values()) {
        if (!shards.has(kept.shard)) continue;
        gates.delete(kept.id);
        dirty.delete(kept);
        deps.onConsumed(kept.consumed);
      }
    },
    waiting() {
      let count = 0;
      for (const { gate } of gates.values()) count += gate.waiting.length;
      return count;
    },
    source: {
      take(limit) {
        const entries: JournalEntry[] = [];
        for (const kept of dirty) {
          if (entries.length >= limit) break;
          dirty.delete(kept);
          const entry = entryOf(kept);
          inFlight.set(entry, kept);
          entries.push(entry);
        }
        return entries;
      },
      settled(entry, { kind }) {
        const kept = inFlight.get(entry);
        if (kept === undefined) return false;
        inFlight.delete(entry);
        deps.onConsumed(entry.consumed);
        if (kind === 'committed') return true;
        if (kind === 'refused') deps.log.error({ gate_id: kept.id }, 'the database refused what a gate decided');
        if (gates.get(kept.id) === kept) gates.delete(kept.id); // as it is on disk is how it is
        dirty.delete(kept);
        deps.onConsumed(kept.consumed);
        return true;
      },
    },
  };
}

function placesOf(live: LiveExecution): LocalPlaces {
  live.decided.gates ??= { rows: [], sent: [] };
  return live.decided.gates;
}

function rowOf({ id, tenantId }: KeptGate, { execution, run }: GateHolder, entry: GateEntry | null): GateRow {
  return { gateId: id, tenantId, holder: { execution, run }, entry };
}

function isWrittenBy(places: LocalPlaces | null | undefined, entry: GateEntry): boolean {
  return places?.rows.some((row) => row.entry === entry) ?? false;
}
