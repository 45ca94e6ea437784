/**
 * Starts that belong together: stored in one transaction, all or none, then begun here as far as their shards are ours and
 * there is room; the rest is found in the table by whoever owns it.
 */
import type { Entropy } from '@cloudflow/core/run/contract.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import { problem } from '../../kernel/errors/problem.ts';
import type { Sealer } from '../../kernel/secret/secret-box.ts';
import type { StartAllResult, StartRequest } from '../engine.ts';
import { shardOf } from '../execution-id.ts';
import { judgeError } from '../journal/judge-error.ts';
import type { InsertedStarts, NewStart } from '../store/insert-starts.ts';
import { createLive } from './live.ts';
import type { Loader } from './loader.ts';
import { seedOf, startRow } from './start-row.ts';
import type { NewId } from './starts.ts';

export type BatchStartDeps = {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly newId: (now: number, gate: string | null) => NewId;
  readonly firstGate: (request: StartRequest, now: number) => string | null;
  readonly prepareGate: (gateId: string) => Promise<void>;
  readonly sealerOf: (tenantId: string) => Promise<Sealer>;
  readonly insertStarts: (tenantId: string, starts: readonly NewStart[]) => Promise<InsertedStarts>;
  readonly loader: Pick<Loader, 'adopt'>;
  /** How many more executions may be in memory. */
  readonly room: () => number;
  readonly onStarted: (count: number) => void;
};

/** `requests` are of one tenant. */
export type StartAll = (requests: readonly StartRequest[]) => Promise<StartAllResult>;

export function createStartAll(deps: BatchStartDeps): StartAll {
  const { clock, entropy, newId } = deps;

  return async (requests) => {
    const now = clock.now();
    const starts = requests.map((request) => {
      const gate = deps.firstGate(request, now);
      const { id } = newId(now, gate);
      return { id, gate, request, row: startRow(request, id, now) };
    });
    const inserted = await deps.insertStarts(requests[0]?.tenantId ?? '', starts).catch(unstorable);
    if (inserted.kind === 'key_reused') return inserted;
    const fresh = starts.filter(({ id }, index) => inserted.ids[index] === id);
    deps.onStarted(fresh.length);
    // Stored as PENDING: another owner, or our own look at the table, may have taken one up already. Then it is not adopted;
    // and if both drove it, the fence would let the owner of the shard alone write.
    for (const { id, gate, request, row } of fresh.slice(0, Math.max(0, deps.room()))) {
      if (gate !== null) await deps.prepareGate(gate);
      const sealer = request.plan.hasSensitive ? await deps.sealerOf(request.tenantId) : null;
      deps.loader.adopt(createLive(seedOf(request, row, { id, shard: shardOf(id), entropy, sealer }), null));
    }
    return { kind: 'started', executionIds: inserted.ids, replayed: fresh.length === 0 };
  };
}

function unstorable(error: unknown): never {
  if (judgeError(error) !== 'offender') throw error;
  throw problem('unstorable_value', {
    detail: 'A value of these starts cannot be stored; none was started.',
    cause: error,
  });
}
