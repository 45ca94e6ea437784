/**
 * One execution in memory: its state, what has been decided and not yet written, and what waits for that to be written.
 *
 * `decided` holds what no flush has taken yet, `flushing` what the flush under way has taken. An effect is released when
 * every event it rests on has been committed, and not earlier: a crash in between leaves no trace outside, so what was
 * decided may be decided anew. That a try begins is nothing it rests on: without that event it is handed out again, the same.
 */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { Effect } from '@cloudflow/core/run/contract.ts';
import type { Surroundings } from '@cloudflow/core/run/decide.ts';
import type { ExecutionStatus, Phase, RunEvent } from '@cloudflow/core/run/event.ts';
import { createState, type RunState } from '@cloudflow/core/run/state.ts';
import type { WaitReason } from '@cloudflow/core/run/wait-reason.ts';
import type { Sealer } from '../../kernel/secret/secret-box.ts';
import { givenBy, placeOf } from '../child-trigger.ts';
import type { GateRow, SentRow, StartRow } from '../journal/entry.ts';
import type { Draft, Kept } from '../snapshots/snapshots.ts';

export type Decided = {
  events: RunEvent[];
  effects: Effect[];
  /** Inbox rows that these events answer: deleted in the same flush. */
  consumed: string[];
  /** Places at gates of its own shard, written in the same flush; null for none. */
  gates: LocalPlaces | null;
};

/** `sent`: what the rules of the gate have to say to others because of it. */
export type LocalPlaces = { rows: GateRow[]; sent: SentRow[] };

/** The columns of the execution's row that change while it runs. */
export type Head = {
  readonly status: ExecutionStatus;
  readonly waitReason: WaitReason | null;
  readonly phase: Phase | null;
  /** Signals that no step has taken yet. */
  readonly keptSignals: number;
};

export type LiveExecution = {
  readonly id: string;
  readonly shard: number;
  readonly tenantId: string;
  readonly correlationId: string;
  readonly plan: Plan;
  /** Encrypts what sensitive steps were given and gave; null: the plan has none. */
  readonly sealer: Sealer | null;
  readonly state: RunState;
  readonly around: Surroundings;
  readonly facts: StartFacts;
  /** Number of the last journal row that a flush has taken. */
  seq: number;
  /** How many events its journal has up to there. */
  events: number;
  /** When it was last kept as a snapshot; null: never yet. */
  kept: Kept | null;
  /** The snapshot that is written when the flush under way is committed. */
  draft: Draft | null;
  /** The row that no flush has written yet. */
  start: StartRow | null;
  decided: Decided;
  flushing: Decided | null;
  /** The head as the last flush wrote it; null before there is a row. */
  head: Head | null;
  end: Extract<Effect, { kind: 'end' }> | null;
  /** Tries under way, by step run and number. */
  readonly attempts: Map<string, AbortController>;
  /** Names of tries that another process runs: their outcomes come through the inbox. Null, mostly: none. */
  elsewhere: Set<string> | null;
  hasTimers: boolean;
  /** It was under way when its process died, and has not moved since: see caution.ts. */
  onTrial: boolean;
  /** Since when only beginnings of tries wait to be written (they need no haste), in milliseconds; null: none do. */
  softSince: number | null;
  /** What it has left for another turn waits for a flush. */
  awaitsFlush: boolean;
  /** A flush under way holds an entry of it. */
  inFlight: boolean;
  /** Ended, evicted, given up, or no longer ours: whatever still comes for it here is late. */
  dropped: boolean;
  /** Set when the database refused what it decided. */
  refused: boolean;
};

/** What a start says about itself, kept for the answer to who waits for it. */
export type StartFacts = {
  readonly workflowId: string;
  readonly inputText: string;
  readonly triggerText: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly businessKey: string | null;
  readonly priority: number;
  readonly versionId: string;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly retryOf: string | null;
  readonly createdAt: number;
};

export type LiveSeed = {
  readonly id: string;
  readonly shard: number;
  readonly tenantId: string;
  readonly correlationId: string;
  readonly plan: Plan;
  readonly input: Json;
  readonly trigger: Json;
  readonly generation: number;
  readonly facts: StartFacts;
  readonly entropy: Surroundings['entropy'];
  readonly sealer: Sealer | null;
};

export function createLive(
  seed: LiveSeed,
  start: StartRow | null,
  state: RunState = createState(seed.plan, { forgets: true }),
): LiveExecution {
  const { id, shard, tenantId, correlationId, plan, facts } = seed;
  const context = {
    executionId: id,
    rootId: facts.rootId,
    tenantId,
    ...givenBy(seed.input, seed.trigger),
    trigger: seed.trigger,
    generation: seed.generation,
    ...placeOf(facts.parentId, seed.trigger),
  };
  return {
    id,
    shard,
    tenantId,
    correlationId,
    plan,
    sealer: seed.sealer,
    state,
    around: { context, entropy: seed.entropy },
    facts,
    seq: 0,
    events: 0,
    kept: null,
    draft: null,
    start,
    decided: nothing(),
    flushing: null,
    head: null,
    end: null,
    attempts: new Map(),
    elsewhere: null,
    hasTimers: false,
    onTrial: false,
    softSince: null,
    awaitsFlush: false,
    inFlight: false,
    dropped: false,
    refused: false,
  };
}

export function nothing(): Decided {
  return { events: [], effects: [], consumed: [], gates: null };
}

/** True when something was decided that must be written before it may be acted on. */
export function mustWrite({ start, decided }: LiveExecution): boolean {
  if (start !== null || decided.consumed.length > 0) return true;
  if (decided.effects.some((effect) => effect.kind === 'attempt' && effect.recordFirst)) return true;
  // A try whose input is recorded rests on the record: without it a repeat could be given another one. A task is a row beside it.
  return decided.events.some((event) => event.e !== 'begun' || event.in !== undefined || event.tk === true);
}

/** Asks every try that runs here to stop. */
export function abortAll(live: LiveExecution, reason: string): void {
  for (const controller of live.attempts.values()) controller.abort(new Error(reason));
  live.attempts.clear();
}
