/** Starts: made durable, answered when they are, and waited for when that is asked. */

import type { Entropy, RunInput } from '@cloudflow/core/run/contract.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import { problem } from '../../kernel/errors/problem.ts';
import type { Sealer } from '../../kernel/secret/secret-box.ts';
import type { ExecutionHead, FinishedExecution, StartOptions, StartRequest, StartResult } from '../engine.ts';
import type { CommitResult } from '../journal/entry.ts';
import { createLive, type LiveExecution } from './live.ts';
import type { Runner } from './runner.ts';
import { seedOf, startRow } from './start-row.ts';
import type { Waiters } from './waiters.ts';

export type StartsDeps = {
  readonly clock: Clock;
  readonly runner: Runner;
  readonly waiters: Waiters;
  readonly entropy: Entropy;
  /** A new id, in the shard of this gate, or in one of our shards when there is one: then it begins here and now. */
  readonly newId: (now: number, gate: string | null) => NewId;
  /** The gate that it will ask before it begins; null for most. */
  readonly firstGate: (request: StartRequest, now: number) => string | null;
  readonly prepareGate: (gateId: string) => Promise<void>;
  /** Asked for only where a plan has sensitive steps. */
  readonly sealerOf: (tenantId: string) => Promise<Sealer>;
  readonly maxInFlight: number;
  /** A start that is not durable after so many milliseconds is answered as not confirmed. */
  readonly confirmWithinMs: number;
  readonly readHead: (tenantId: string, executionId: string) => Promise<ExecutionHead | undefined>;
};

export type NewId = { readonly id: string; readonly shard: number; readonly isOurs: boolean };

export type Starts = {
  start(request: StartRequest, options: StartOptions): Promise<StartResult>;
  settled(live: LiveExecution, result: CommitResult): void;
  /** Nothing is written any more: who still waits to hear of a start is told that nobody knows. */
  close(): void;
};

/** How often an execution that another process drives is looked at while somebody waits for it. */
const LOOK_EVERY_MS = 100;
/** An execution that is driven here tells its end; now and then we see whether it still is. */
const RECHECK_MS = 1_000;

export function createStarts(deps: StartsDeps): Starts {
  const { clock, runner, waiters } = deps;
  const open = new Map<LiveExecution, { settle: (result: CommitResult) => void }>();

  async function start(request: StartRequest, { waitMs = 0, signal }: StartOptions): Promise<StartResult> {
    if (runner.size >= deps.maxInFlight) {
      throw problem('overloaded', {
        detail: `${deps.maxInFlight} executions are under way in this process.`,
        retryAfter: 1,
      });
    }
    const deadline = clock.now() + waitMs;
    const gate = deps.firstGate(request, clock.now());
    if (gate !== null) await deps.prepareGate(gate);
    const sealer = request.plan.hasSensitive ? await deps.sealerOf(request.tenantId) : null;
    const { live, isOurs } = admit(request, gate, sealer);
    const result = await new Promise<CommitResult>((settle) => {
      // Without a database nothing is confirmed, and the caller is not left hanging: what comes of it shows under its key.
      const late = setTimeout(settled, deps.confirmWithinMs, live, { kind: 'lost_shard' });
      open.set(live, {
        settle(result) {
          clearTimeout(late);
          settle(result);
        },
      });
      runner.add(live);
      if (isOurs) runner.hear(live, startOf(live, request));
      else runner.store(live);
    });
    return answer(request, live, result, { waitMs: deadline - clock.now(), signal });
  }

  function settled(live: LiveExecution, result: CommitResult): void {
    open.get(live)?.settle(result);
    open.delete(live);
  }

  function admit(
    request: StartRequest,
    gate: string | null,
    sealer: Sealer | null,
  ): { readonly live: LiveExecution; readonly isOurs: boolean } {
    const now = clock.now();
    const { id, shard, isOurs } = deps.newId(now, gate);
    const row = startRow(request, id, now);
    return { live: createLive(seedOf(request, row, { id, shard, entropy: deps.entropy, sealer }), row), isOurs };
  }

  async function answer(
    request: StartRequest,
    live: LiveExecution,
    result: CommitResult,
    wait: { waitMs: number; signal: AbortSignal | undefined },
  ): Promise<StartResult> {
    switch (result.kind) {
      case 'committed':
      case 'pending': {
        // `end` alone is only decided. It is committed when the runner has let go of the execution in this very flush; of a
        // start that is left to another owner nothing but the start itself is.
        const ended = result.kind === 'committed' && live.dropped && live.end !== null;
        const finished = ended ? finishedOf(live) : await awaitEnd(request.tenantId, live.id, wait);
        const status = finished?.status ?? (result.kind === 'pending' ? 'PENDING' : live.state.status);
        return { kind: 'started', executionId: live.id, status, finished };
      }
      case 'replayed': {
        const { executionId } = result;
        if (!result.sameBody) return { kind: 'key_reused', executionId };
        const finished = await awaitEnd(request.tenantId, executionId, wait);
        const status = finished?.status ?? (await deps.readHead(request.tenantId, executionId))?.status ?? 'PENDING';
        return { kind: 'replayed', executionId, status, finished };
      }
      case 'refused':
        throw problem('unstorable_value', {
          detail: 'A value of this start cannot be stored; nothing was started.',
          cause: result.message,
        });
      case 'lost_shard':
        throw problem('unavailable', {
          detail: 'The start was not confirmed. With an Idempotency-Key it can be repeated safely.',
          retryAfter: 1,
        });
    }
  }

  /** Null when it has not ended in time. In memory the end is told; elsewhere the row is looked at. */
  async function awaitEnd(
    tenantId: string,
    id: string,
    { waitMs, signal }: { waitMs: number; signal: AbortSignal | undefined },
  ): Promise<FinishedExecution | null> {
    const deadline = clock.now() + waitMs;
    let left = waitMs;
    while (left > 0 && !signal?.aborted) {
      const here = runner.get(id) !== undefined;
      const head = here ? undefined : await deps.readHead(tenantId, id);
      if (head !== undefined && isFinished(head)) return head;
      const finished = await waiters.wait(id, Math.min(left, here ? RECHECK_MS : LOOK_EVERY_MS), signal);
      if (finished !== null) return finished;
      left = deadline - clock.now();
    }
    return null;
  }

  return {
    start,
    settled,
    close() {
      for (const { settle } of open.values()) settle({ kind: 'lost_shard' });
      open.clear();
    },
  };
}

function startOf({ facts }: LiveExecution, { retry }: StartRequest): RunInput {
  const start = { kind: 'start', at: facts.createdAt } as const;
  return retry?.adoption === undefined ? start : { ...start, adopt: retry.adoption };
}

function isFinished(head: ExecutionHead): head is FinishedExecution {
  return head.finishedAt !== null;
}

/** What who waited gets, from memory. */
export function finishedOf({ id, plan, state, end, seq, facts }: LiveExecution): FinishedExecution {
  const { startedAt, endedAt } = state;
  return {
    id,
    slug: plan.workflowId,
    version: plan.version,
    status: end?.status ?? 'FAILED',
    phase: null,
    waitReason: null,
    inputText: facts.inputText,
    outputText: end === null || end.output === null ? null : JSON.stringify(end.output),
    errorText: end === null || end.error === null ? null : JSON.stringify(end.error),
    labels: facts.labels,
    businessKey: facts.businessKey,
    triggerText: facts.triggerText,
    parentId: facts.parentId,
    retryOf: facts.retryOf,
    rootId: facts.rootId,
    createdAt: facts.createdAt,
    startedAt,
    finishedAt: endedAt ?? facts.createdAt,
    seq,
  };
}
