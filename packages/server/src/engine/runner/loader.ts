/** Rebuilds executions from their journal, each at most once at a time, and delivers what came for them meanwhile. */

import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import { apply } from '@cloudflow/core/run/apply.ts';
import type { Entropy, RunInput } from '@cloudflow/core/run/contract.ts';
import type { RunEvent } from '@cloudflow/core/run/event.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { StoredExecution } from '../store/load-execution.ts';
import { createLive, type LiveExecution } from './live.ts';
import type { Runner } from './runner.ts';

export type LoaderDeps = {
  readonly log: Logger;
  readonly runner: Runner;
  readonly entropy: Entropy;
  readonly now: () => number;
  /** Undefined when there is no such execution. */
  readonly read: (executionId: string) => Promise<StoredExecution | undefined>;
  readonly planOf: (versionId: string) => Promise<Plan>;
  readonly owns: (shard: number) => boolean;
  readonly armTimer: (timer: { readonly executionId: string; readonly timer: number; readonly due: number }) => void;
  /** Inbox rows that could not be delivered: they are still in the table. */
  readonly onUndelivered: (inboxIds: readonly string[]) => void;
};

export type Mail = { readonly input: RunInput; readonly inboxId?: string };

export type Loader = {
  /** Gives the input to the execution, reading it first when it is not in memory. */
  deliver(executionId: string, shard: number, mail: Mail): void;
  /** Brings an execution into memory and lets it go on; resolves when that is done, or cannot be. */
  load(executionId: string): Promise<void>;
};

export function createLoader(deps: LoaderDeps): Loader {
  const { runner, log } = deps;
  const loading = new Map<string, { mail: Mail[]; done: Promise<void> }>();

  function deliver(executionId: string, shard: number, mail: Mail): void {
    const live = runner.get(executionId);
    if (live !== undefined) return runner.hear(live, mail.input, mail.inboxId);
    const under = loading.get(executionId);
    if (under !== undefined) return void under.mail.push(mail);
    void begin(executionId, shard, [mail]);
  }

  function begin(executionId: string, shard: number, mail: Mail[]): Promise<void> {
    const done = rebuild(executionId, shard, mail)
      .catch((error: unknown) => {
        log.error({ error, execution_id: executionId }, 'an execution could not be loaded; it is tried again');
        deps.onUndelivered(inboxIdsOf(mail));
      })
      .finally(() => loading.delete(executionId));
    loading.set(executionId, { mail, done });
    return done;
  }

  async function rebuild(executionId: string, shard: number, mail: Mail[]): Promise<void> {
    const stored = await deps.read(executionId);
    if (stored === undefined || stored.finishedAt !== null) return discard(executionId, shard, mail);
    const plan = await deps.planOf(stored.versionId);
    // While we read, the shard may have gone: the fence would refuse what we write, but nothing should even begin.
    if (!deps.owns(stored.shard)) return deps.onUndelivered(inboxIdsOf(mail));
    const live = replay(stored, plan, deps.entropy);
    runner.add(live);
    for (const [timer, { due }] of live.state.timers) deps.armTimer({ executionId, timer, due });
    if (live.state.status === 'PENDING') runner.hear(live, { kind: 'start', at: deps.now() });
    else runner.resume(live);
    for (const { input, inboxId } of mail) runner.hear(live, input, inboxId);
  }

  function discard(executionId: string, shard: number, mail: readonly Mail[]): void {
    const ids = inboxIdsOf(mail);
    if (ids.length > 0) runner.discard(executionId, shard, ids);
  }

  return {
    deliver,
    load: (executionId) => {
      if (runner.get(executionId) !== undefined) return Promise.resolve();
      return loading.get(executionId)?.done ?? begin(executionId, Number.parseInt(executionId.slice(-2), 16), []);
    },
  };
}

function inboxIdsOf(mail: readonly Mail[]): readonly string[] {
  return mail.flatMap(({ inboxId }) => inboxId ?? []);
}

/** The same plan and journal always give the same state. */
export function replay(stored: StoredExecution, plan: Plan, entropy: Entropy): LiveExecution {
  const trigger = JSON.parse(stored.trigger) as { readonly correlation_id?: string };
  const live = createLive(
    {
      id: stored.id,
      shard: stored.shard,
      tenantId: stored.tenantId,
      correlationId: trigger.correlation_id ?? stored.id,
      plan,
      input: JSON.parse(stored.input) as Json,
      trigger: trigger as Json,
      generation: stored.generation,
      facts: {
        inputText: stored.input,
        triggerText: stored.trigger,
        labels: JSON.parse(stored.labels) as Record<string, string>,
        businessKey: stored.businessKey,
        parentId: stored.parentId,
        rootId: stored.rootId,
        retryOf: stored.retryOf,
        createdAt: stored.createdAt,
      },
      entropy,
    },
    null,
  );
  for (const row of stored.journal) {
    for (const event of JSON.parse(row.data) as RunEvent[]) apply(plan, live.state, event);
    live.seq = row.seq;
  }
  live.state.timerChanges.armed.length = 0;
  live.state.timerChanges.dropped.length = 0;
  live.hasTimers = live.state.timers.size > 0;
  live.head = stored.head;
  return live;
}
