/** Rebuilds executions from their journal, each at most once at a time, and delivers what came for them meanwhile. */

import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import type { Entropy, RunInput } from '@cloudflow/core/run/contract.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { Sealer } from '../../kernel/secret/secret-box.ts';
import { planFor } from '../child-trigger.ts';
import { shardOf } from '../execution-id.ts';
import { type LoadFrom, type StoredExecution, UnusableSnapshotError } from '../store/load-executions.ts';
import { adoptionOf } from './adoption-of.ts';
import { type Caution, loadsThatEnd, type Verdict } from './caution.ts';
import type { LiveExecution } from './live.ts';
import { replay } from './replay.ts';
import { isAsleep } from './resting.ts';
import type { Runner } from './runner.ts';

export type LoaderDeps = {
  readonly log: Logger;
  readonly runner: Runner;
  readonly entropy: Entropy;
  readonly now: () => number;
  /** Undefined when there is no such execution. */
  readonly read: (executionId: string, from: LoadFrom) => Promise<StoredExecution | undefined>;
  /** What was kept of its state is of no use. */
  readonly onUnusable: (executionId: string, error: unknown) => void;
  readonly planOf: (versionId: string) => Promise<Plan>;
  /** Asked for only where a plan has sensitive steps. */
  readonly sealerOf: (tenantId: string) => Promise<Sealer>;
  /** Reads the gate that an execution which is about to start will ask, so that it is answered at once. */
  readonly prepareGate: (stored: StoredExecution, plan: Plan) => Promise<void>;
  /** The epoch under which a shard is ours; undefined when it is not. */
  readonly epochOf: (shard: number) => bigint | undefined;
  readonly armTimer: (timer: { readonly executionId: string; readonly timer: number; readonly due: number }) => void;
  readonly caution: Pick<Caution, 'admit' | 'isSuspect' | 'survived'>;
  /** Something of it runs in another process, which will report. */
  readonly awaits: (live: LiveExecution) => void;
  /** It waits under a concurrency limit, and may have been let pass. */
  readonly arrived: (live: LiveExecution) => void;
  /** Inbox rows that could not be delivered: they are still in the table. */
  readonly onUndelivered: (inboxIds: readonly string[]) => void;
};

export type Mail = { readonly input: RunInput; readonly inboxId?: string };

export type Loader = {
  /** Gives the input to the execution, reading it first when it is not in memory. */
  deliver(executionId: string, shard: number, mail: Mail): void;
  /** Brings an execution into memory and lets it go on; resolves when that is done, or cannot be now: then it is tried again. */
  load(executionId: string): Promise<void>;
  /**
   * Begins an execution that was just stored as PENDING and is known without being read. Nothing when its shard is not ours, or
   * when it was found in the table meanwhile.
   */
  adopt(live: LiveExecution): void;
  /** Executions that could not be loaded and have a time of their own for the next try: nobody else need try them. */
  readonly putOff: ReadonlyMap<string, unknown>;
};

const crashLoop = `Loading this execution ended the process ${loadsThatEnd} times; it is not tried again.`;
const AGAIN_AFTER_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export function createLoader(deps: LoaderDeps): Loader {
  const { runner, log } = deps;
  const loading = new Map<string, { mail: Mail[]; done: Promise<void> }>();
  const failures = new Map<string, number>();

  function deliver(executionId: string, shard: number, mail: Mail): void {
    const live = runner.get(executionId);
    if (live !== undefined) return runner.hear(live, mail.input, mail.inboxId);
    const under = loading.get(executionId);
    if (under !== undefined) return void under.mail.push(mail);
    void begin(executionId, shard, [mail]);
  }

  function begin(executionId: string, shard: number, mail: Mail[]): Promise<void> {
    if (deps.epochOf(shard) === undefined) {
      deps.onUndelivered(inboxIdsOf(mail));
      return Promise.resolve();
    }
    const done = admitted(executionId, shard, mail)
      .then(() => void failures.delete(executionId))
      .catch((error: unknown) => {
        close(executionId, mail);
        log.error({ error, execution_id: executionId }, 'an execution could not be loaded; it is tried again');
        deps.onUndelivered(inboxIdsOf(mail));
        tryLater(executionId, shard);
      });
    loading.set(executionId, { mail, done });
    return done;
  }

  /** In one go with what becomes of the mail: what comes later must not be put where nobody looks any more. */
  function close(executionId: string, mail: readonly Mail[]): void {
    if (loading.get(executionId)?.mail === mail) loading.delete(executionId);
  }

  /** What came for it is found in the tables again; what it owes (an attempt to hand out) is known to nobody but us. */
  function tryLater(executionId: string, shard: number): void {
    const count = (failures.get(executionId) ?? 0) + 1;
    failures.set(executionId, count);
    const again = (): void => {
      if (deps.epochOf(shard) === undefined) failures.delete(executionId);
      else void load(executionId);
    };
    setTimeout(again, Math.min(LONGEST_PAUSE_MS, AGAIN_AFTER_MS * 2 ** Math.min(count - 1, 10))).unref();
  }

  function admitted(executionId: string, shard: number, mail: Mail[]): Promise<void> {
    const verdict = deps.caution.admit(executionId, shard);
    return verdict === null ? rebuild(executionId, shard, mail, null) : onTrial(executionId, shard, mail, verdict);
  }

  async function onTrial(executionId: string, shard: number, mail: Mail[], asked: Promise<Verdict>): Promise<void> {
    const verdict = await asked;
    if (verdict === 'set_aside') throw new Error('it ended every process that loaded it, and is left alone');
    try {
      await rebuild(executionId, shard, mail, verdict);
    } finally {
      // Nothing is to be driven of it, and it did no harm.
      if (runner.get(executionId) === undefined) deps.caution.survived(executionId);
    }
  }

  async function rebuild(
    executionId: string,
    shard: number,
    mail: Mail[],
    verdict: Exclude<Verdict, 'set_aside'> | null,
  ): Promise<void> {
    try {
      await rebuildFrom(executionId, shard, mail, verdict, 'snapshot');
    } catch (error) {
      if (!(error instanceof UnusableSnapshotError)) throw error;
      deps.onUnusable(executionId, error);
      await rebuildFrom(executionId, shard, mail, verdict, 'journal');
    }
  }

  async function rebuildFrom(
    executionId: string,
    shard: number,
    mail: Mail[],
    verdict: Exclude<Verdict, 'set_aside'> | null,
    from: LoadFrom,
  ): Promise<void> {
    const epoch = deps.epochOf(shard);
    const stored = await deps.read(executionId, from);
    if (stored === undefined || stored.finishedAt !== null) {
      close(executionId, mail);
      return discard(executionId, shard, mail);
    }
    const trigger = JSON.parse(stored.trigger) as JsonObject;
    const plan = planFor(await deps.planOf(stored.versionId), trigger);
    if (plan.concurrency !== null && stored.journal.length === 0) await deps.prepareGate(stored, plan);
    const adopt = await adoptionOf(stored, plan, deps);
    const sealer = plan.hasSensitive ? await deps.sealerOf(stored.tenantId) : null;
    // While we read, the shard may have gone, and even have come back: what we read may be old, and is not to begin anything.
    if (deps.epochOf(shard) !== epoch) throw new Error('its shard changed hands while it was read');
    const live = replay(stored, { plan, trigger }, { entropy: deps.entropy, sealer });
    close(executionId, mail);
    runner.add(live);
    live.onTrial = verdict !== null;
    if (verdict === 'end') runner.quarantine(live, 'engine_crash_loop', crashLoop);
    if (live.elsewhere !== null) deps.awaits(live);
    armTimers(live);
    if (live.state.status === 'PENDING') runner.hear(live, { kind: 'start', at: deps.now(), ...(adopt && { adopt }) });
    else if (verdict !== 'end') runner.resume(live);
    if (live.state.slot !== null) deps.arrived(live);
    for (const { input, inboxId } of mail) runner.hear(live, input, inboxId);
    runner.rest(live);
  }

  function armTimers({ id: executionId, state }: LiveExecution): void {
    const now = deps.now();
    for (const [timer, armed] of state.timers)
      if (!isAsleep(state, armed, now)) deps.armTimer({ executionId, timer, due: armed.due });
  }

  function discard(executionId: string, shard: number, mail: readonly Mail[]): void {
    const ids = inboxIdsOf(mail);
    if (ids.length > 0) runner.discard(executionId, shard, ids);
  }

  function load(executionId: string): Promise<void> {
    if (runner.get(executionId) !== undefined) return Promise.resolve();
    const done = loading.get(executionId)?.done ?? begin(executionId, shardOf(executionId), []);
    return deps.caution.isSuspect(executionId) ? Promise.resolve() : done; // its turn may be long in coming
  }

  function adopt(live: LiveExecution): void {
    const { id, shard } = live;
    if (deps.epochOf(shard) === undefined || runner.get(id) !== undefined || loading.has(id)) return;
    live.head = { status: 'PENDING', waitReason: null, phase: null, keptSignals: 0 };
    runner.add(live);
    runner.hear(live, { kind: 'start', at: deps.now() });
  }

  return { deliver, load, adopt, putOff: failures };
}

function inboxIdsOf(mail: readonly Mail[]): readonly string[] {
  return mail.flatMap(({ inboxId }) => inboxId ?? []);
}
