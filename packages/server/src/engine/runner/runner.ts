/**
 * Drives the executions that are in memory: hands inputs to the rules, what they decide to the journal, and what is
 * committed to the world. Everything here is synchronous; waiting is done by the lane, the timers and the attempts.
 */

import { apply } from '@cloudflow/core/run/apply.ts';
import type { Effect, RunInput } from '@cloudflow/core/run/contract.ts';
import { type Decided as Decision, decide, resume } from '@cloudflow/core/run/decide.ts';
import type { GateEffect } from '@cloudflow/core/run/state.ts';
import type { StepCode } from '../../kernel/errors/step-codes.ts';
import { type CommitResult, type JournalEntry, nothingSent } from '../journal/entry.ts';
import { elsewhereOf, isNoNews } from './elsewhere.ts';
import { entryOf, quarantineEvent } from './entry-of.ts';
import { abortAll, type LiveExecution, mustWrite, nothing } from './live.ts';
import { canRest, isAsleep } from './resting.ts';
import type { RunnerDeps } from './runner-deps.ts';
import type { Aside } from './storing.ts';
import { neverBegan, tryName } from './try.ts';

export type Runner = {
  readonly size: number;
  get(executionId: string): LiveExecution | undefined;
  all(): IterableIterator<LiveExecution>;
  add(live: LiveExecution): void;
  /** Only stores a start: its shard is another's. */
  store(live: LiveExecution): void;
  /** An input for an execution in memory; `inboxId` when it came as a row, which is deleted with what it led to. */
  hear(live: LiveExecution, input: RunInput, inboxId?: string): void;
  /** Ends an execution that cannot be gone on with. */
  quarantine(live: LiveExecution, code: StepCode, message: string): void;
  /** Hands out again what a rebuilt execution owes. */
  resume(live: LiveExecution): void;
  /** Tells all executions in memory of pauses of their workflows and tenants that began or are over. */
  tellPauses(): void;
  /** Lets go of what was brought into memory and has nothing to do there. */
  rest(live: LiveExecution): void;
  /** Inbox rows that nobody needs: of executions that have ended. */
  discard(executionId: string, shard: number, inboxIds: readonly string[]): void;
  /** Writes what waits without haste: beginnings of tries that have lasted a while. */
  flushSoft(olderThanMs: number): void;
  /** Forgets an execution that is not ours any more, or of no use as it is in memory, and stops its local work. */
  drop(live: LiveExecution, reason: string): void;
  readonly source: { take(limit: number): JournalEntry[]; settled(entry: JournalEntry, result: CommitResult): void };
};

/** Effects that one execution may have in a flush before it decides more. */
const MOST_UNWRITTEN = 500;
const UNIQUE_VIOLATION = '23505';

export function createRunner(deps: RunnerDeps): Runner {
  const { clock, log } = deps;
  const lives = new Map<string, LiveExecution>();
  const dirty = new Set<LiveExecution>();
  const soft = new Set<LiveExecution>();
  const discarded: JournalEntry[] = [];
  /** Whose entry it is. Not found by id: what was dropped may have been read anew while its last flush was under way. */
  const inFlight = new Map<JournalEntry, LiveExecution>();

  function adopt(live: LiveExecution, { events, effects }: Decision): void {
    const { decided } = live;
    for (const event of events) decided.events.push(event);
    for (const effect of effects) {
      if (effect.kind === 'end') live.end = effect;
      if (effect.kind === 'attempt' && effect.free) deps.beginTry(live, effect);
      else if (effect.kind === 'resolve_child') deps.resolveChild(live, effect);
      else if (isForGate(effect) && deps.atOwnGate(live, effect)) continue;
      else decided.effects.push(effect);
    }
    if (mustWrite(live)) return markDirty(live);
    if (live.flushing === null) releaseUnwritten(live);
    else if (decided.effects.length > 0) markDirty(live);
    if (decided.events.length > 0) markSoft(live);
  }

  /** Only beginnings of tries stand unwritten: what was decided rests on committed events alone, so it may go out. */
  function releaseUnwritten(live: LiveExecution): void {
    const { effects } = live.decided;
    if (effects.length === 0) return;
    const lasting = effects.filter((effect) => effect.kind !== 'attempt' && effect.kind !== 'abort');
    live.decided.effects = lasting; // timers are rows, as are messages: they go with a flush
    if (lasting.length > 0) markDirty(live);
    for (const effect of effects) if (effect.kind === 'attempt' || effect.kind === 'abort') release(live, effect);
  }

  function release(live: LiveExecution, effect: Effect): void {
    switch (effect.kind) {
      case 'attempt':
        return deps.beginTry(live, effect);
      case 'abort':
        return deps.abortTry(live, effect);
      case 'arm':
        return deps.armTimer({ executionId: live.id, timer: effect.timer, due: effect.due });
      default:
        return; // rows of the flush, or done already
    }
  }

  function markDirty(live: LiveExecution): void {
    soft.delete(live);
    dirty.add(live);
    deps.wakeLane();
  }

  function markSoft(live: LiveExecution): void {
    live.softSince ??= clock.now();
    soft.add(live);
  }

  function hear(live: LiveExecution, input: RunInput, inboxId?: string): void {
    // It has left memory since it was looked up: the row is still in the table, and the next look finds it.
    if (live.dropped) return inboxId === undefined ? undefined : deps.onConsumed([inboxId]);
    if (inboxId !== undefined) live.decided.consumed.push(inboxId);
    if (live.refused || (live.elsewhere !== null && isNoNews(live.elsewhere, input))) return;
    if (input.kind === 'start') tellPauses(live); // before anything of it begins
    guarded(live, () => decide(live.plan, live.state, input, live.around));
    if (input.kind === 'timer' && live.state.paused) sleepOn(live, input);
  }

  function sleepOn(live: LiveExecution, { timer, at }: Extract<RunInput, { kind: 'timer' }>): void {
    const kept = live.state.timers.get(timer);
    if (kept === undefined || !isAsleep(live.state, kept, at)) return;
    deps.onAsleep({ executionId: live.id, timer, due: kept.due });
    setImmediate(rest, live); // not now: whoever delivers may have more for it, such as the end of the pause
  }

  function tellPauses(live: LiveExecution): void {
    for (const each of deps.pausesFor(live)) hear(live, each);
    for (const each of deps.resumesFor(live)) hear(live, each);
  }

  /** Pauses go before what it owes, which would begin steps; their ends after it, since they begin steps themselves. */
  function resumeLive(live: LiveExecution): void {
    for (const each of deps.pausesFor(live)) hear(live, each);
    guarded(live, () => resume(live.plan, live.state, clock.now(), live.around, elsewhereOf(live)));
    for (const each of deps.resumesFor(live)) hear(live, each);
  }

  /** A fault in the rules is the end of this execution alone. */
  function guarded(live: LiveExecution, rule: () => Decision): void {
    let decision: Decision;
    try {
      decision = rule();
    } catch (error) {
      log.error(
        { error, execution_id: live.id, correlation_id: live.correlationId },
        'deciding failed; the execution is ended',
      );
      return quarantine(live, 'engine_error', 'The engine could not decide how to go on with this execution.');
    }
    adopt(live, decision);
    // A long stretch of pure work: others get their turn, and what is decided so far is written meanwhile.
    if (decision.more) goOn(live);
  }

  /** Unless much waits to be written of it: then when a flush has been, so that none grows without bound. */
  function goOn(live: LiveExecution): void {
    live.awaitsFlush = live.decided.effects.length >= MOST_UNWRITTEN;
    if (!live.awaitsFlush) goOnSoon(live);
  }

  /** After whoever else has something to do now. */
  function goOnSoon(live: LiveExecution): void {
    setImmediate(() => hear(live, { kind: 'continue', at: clock.now() }));
  }

  /** Ends an execution FAILED in place of everything that was decided and is not written. */
  function quarantine(live: LiveExecution, code: StepCode, message: string): void {
    live.refused = true;
    const consumed = [...(live.flushing?.consumed ?? []), ...live.decided.consumed];
    const orphans = [...live.state.children.keys()].map((executionId) => {
      return { kind: 'cancel_child', executionId, reason: message } as const;
    });
    const event = quarantineEvent(clock.now(), code, message);
    apply(live.plan, live.state, event);
    live.state.timerChanges.armed.length = 0;
    live.state.timerChanges.dropped.length = 0;
    const end = { kind: 'end', status: 'FAILED', output: null, error: event.err ?? null } as const;
    live.end = end;
    live.head = null;
    live.flushing = null;
    live.decided = { events: [event], effects: [...orphans, end], consumed, gates: null };
    for (const leave of live.state.gateChanges.splice(0)) {
      if (leave.kind === 'leave' && !deps.atOwnGate(live, leave)) live.decided.effects.push(leave);
    }
    for (const task of live.state.tasksOver.splice(0))
      live.decided.effects.push({ kind: 'withdraw_task', ...task, how: 'end' });
    abortAll(live, message);
    markDirty(live);
  }

  function take(limit: number): JournalEntry[] {
    const entries = [...discarded.splice(0, limit), ...deps.storing.takeReady(limit).filter(isWanted)];
    for (const live of dirty) {
      if (entries.length >= limit) break;
      if (live.inFlight) continue; // what it decided before this has its values stored first
      dirty.delete(live);
      if (live.dropped) continue;
      const aside: Aside[] = [];
      const entry = tryEntry(live, aside);
      if (entry === null) continue;
      deps.snapshots.taken(live);
      live.inFlight = true;
      inFlight.set(entry, live);
      if (aside.length === 0) entries.push(entry);
      else deps.storing.add({ entry, tenantId: live.tenantId, values: aside, isVoid: () => live.dropped });
    }
    return entries;
  }

  /**
   * What was given up while its values were stored is not written: its shard may have come back since, under an epoch that
   * the fence would let pass.
   */
  function isWanted(entry: JournalEntry): boolean {
    const live = inFlight.get(entry);
    if (live === undefined || !live.dropped) return true;
    inFlight.delete(entry);
    live.inFlight = false;
    settleStart(live, { kind: 'lost_shard' });
    return false;
  }

  function tryEntry(live: LiveExecution, aside: Aside[]): JournalEntry | null {
    try {
      return entryOf(live, aside);
    } catch (error) {
      // Too deep or too large to be written down as text.
      log.error(
        { error, execution_id: live.id, correlation_id: live.correlationId },
        'what was decided cannot be written; the execution is ended',
      );
      if (live.refused) giveBack(live, 'it cannot be written');
      else
        quarantine(
          live,
          'unstorable_value',
          'A value of this execution is too large or too deeply nested to be stored.',
        );
      return null;
    }
  }

  function settled(entry: JournalEntry, result: CommitResult): void {
    const live = inFlight.get(entry);
    if (live === undefined) return deps.onConsumed(entry.consumed);
    inFlight.delete(entry);
    live.inFlight = false;
    deps.snapshots.settled(live, result.kind === 'committed');
    if (result.kind === 'committed' && entry.row !== null) deps.onWritten(live.id, entry.row.seq);
    // Given up while its flush was under way: its next owner goes on with it, and who started it hears that it is on disk.
    if (live.dropped) return settleStart(live, result.kind === 'committed' ? { kind: 'pending' } : result);
    if (result.kind === 'committed') return committed(live, result);
    if (result.kind === 'refused') return refused(live, entry, result);
    // Replayed, pending with another owner, or the shard is lost: it is not ours (any more).
    settleStart(live, result);
    drop(live, result.kind);
  }

  function settleStart(live: LiveExecution, result: CommitResult): void {
    if (live.start === null) return;
    live.start = null;
    deps.onStartSettled(live, result);
  }

  function committed(live: LiveExecution, result: CommitResult): void {
    const { events, effects, consumed } = live.flushing ?? nothing();
    live.flushing = null;
    if (live.onTrial && events.some(({ e }) => e !== 'begun')) survive(live);
    if (consumed.length > 0) deps.onConsumed(consumed);
    settleStart(live, result);
    // Not `live.end`: it may have been decided while this flush was under way, and stand in the next one.
    if (effects.some(({ kind }) => kind === 'end')) return ended(live);
    releaseAll(live, effects);
    // A retry that is only stored is read anew, with what it is to adopt.
    if (live.seq === 0 && live.facts.retryOf !== null) return giveBack(live, 'what it adopts is read');
    if (live.awaitsFlush) {
      live.awaitsFlush = false;
      goOnSoon(live);
    }
    // Stored only, as the start of another's shard, which has become ours in the same moment.
    // Or held before its start: it is told here of pauses that have come or gone while it was written.
    if (live.state.status === 'PENDING') hear(live, { kind: 'start', at: clock.now() });
    rest(live);
  }

  function survive(live: LiveExecution): void {
    if (!live.onTrial) return;
    live.onTrial = false;
    deps.onSurvived(live.id);
  }

  /** What was told to stop while the flush was under way is not begun any more. */
  function releaseAll(live: LiveExecution, effects: readonly Effect[]): void {
    const stopped = new Set(live.decided.effects.flatMap((each) => (each.kind === 'abort' ? tryName(each) : [])));
    for (const effect of effects) {
      if (effect.kind !== 'attempt' || !stopped.has(tryName(effect))) release(live, effect);
      else
        hear(live, {
          kind: 'attempt_ended',
          key: effect.key,
          attempt: effect.attempt,
          at: clock.now(),
          outcome: neverBegan,
        });
    }
  }

  function ended(live: LiveExecution): void {
    // What came while the flush with the end was under way.
    if (live.decided.consumed.length > 0) discard(live.id, live.shard, live.decided.consumed);
    lives.delete(live.id);
    dirty.delete(live);
    soft.delete(live);
    abortAll(live, 'The execution has ended.');
    if (live.elsewhere !== null && live.elsewhere.size > 0) deps.stopElsewhere(live, [...live.elsewhere]);
    live.dropped = true;
    deps.onEnded(live);
  }

  function refused(live: LiveExecution, entry: JournalEntry, result: Extract<CommitResult, { kind: 'refused' }>): void {
    log.error(
      { execution_id: live.id, correlation_id: live.correlationId, sql_state: result.sqlState, reason: result.message },
      'the database refused what an execution decided',
    );
    if (entry.row !== null) live.seq = entry.row.seq - 1;
    if (live.refused && dirty.has(live)) return; // its end has been decided meanwhile, and is in the next flush
    // Two of us, one after the other: the later one goes by what the other wrote.
    if (result.sqlState === UNIQUE_VIOLATION && live.start === null) return giveBack(live, 'its journal has gone on');
    if (!live.refused) return quarantine(live, 'unstorable_value', 'The database refused a value of this execution.');
    if (live.start === null) return giveBack(live, 'the database refuses it');
    settleStart(live, result);
    drop(live, 'the database refuses it');
  }

  /** What is on disk of it has no end yet: nobody would come back to it. */
  function giveBack(live: LiveExecution, reason: string): void {
    drop(live, reason);
    deps.readAnew(live);
  }

  function rest(live: LiveExecution): void {
    if (live.dropped || dirty.has(live) || !canRest(live, clock.now())) return;
    survive(live);
    deps.snapshots.evicted(live);
    lives.delete(live.id);
    soft.delete(live);
    live.dropped = true;
  }

  function discard(executionId: string, shard: number, consumed: readonly string[]): void {
    const empty = { start: null, row: null, head: null, armed: [], disarmed: [], allTimersOff: false };
    discarded.push({ executionId, shard, ...empty, consumed, ...nothingSent });
    deps.wakeLane();
  }

  function drop(live: LiveExecution, reason: string): void {
    lives.delete(live.id);
    dirty.delete(live);
    soft.delete(live);
    live.dropped = true;
    survive(live);
    deps.onConsumed([...(live.flushing?.consumed ?? []), ...live.decided.consumed]);
    if (!live.inFlight) settleStart(live, { kind: 'lost_shard' });
    abortAll(live, `The execution is not driven here any more: ${reason}.`);
  }

  return {
    get size() {
      return lives.size;
    },
    get: (executionId) => lives.get(executionId),
    all: () => lives.values(),
    add: (live) => void lives.set(live.id, live),
    store: markDirty,
    hear,
    quarantine,
    resume: resumeLive,
    tellPauses() {
      // A start that is only stored is begun by another, who tells it.
      for (const live of [...lives.values()])
        if (live.start === null || live.state.status !== 'PENDING') tellPauses(live);
    },
    rest,
    discard,
    flushSoft(olderThanMs) {
      const before = clock.now() - olderThanMs;
      for (const live of soft) if ((live.softSince ?? 0) <= before) markDirty(live);
    },
    drop,
    source: { take, settled },
  };
}

function isForGate(effect: Effect): effect is GateEffect {
  return effect.kind === 'ask' || effect.kind === 'leave';
}
