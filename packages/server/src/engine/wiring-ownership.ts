/** How shards come and go: which are ours, in which history of the database, and what is done when that changes. */
import { setTimeout as pause } from 'node:timers/promises';
import { createOwnership, type Ownership } from './ownership/ownership.ts';
import { createServerHistory, type ServerHistory } from './ownership/server-history.ts';
import type { LiveExecution } from './runner/live.ts';
import type { TakenShard } from './store/leases.ts';
import type { Parts } from './wiring.ts';

const RECOVER_AGAIN_MS = 1_000;
const FLUSH_WITHIN_MS = 500;

export function wireHistory(parts: Parts): ServerHistory {
  return createServerHistory({
    log: parts.deps.log,
    onChanged() {
      parts.holds.startOver();
      parts.ownership.abandon();
      parts.lane.startOver();
    },
  });
}

export function wireOwnership(parts: Parts): Ownership {
  const { directUrl, leaseMs, exclusive, clock, log, onFatal } = parts.deps;
  return createOwnership({
    directUrl,
    owner: parts.owner,
    leaseMs,
    exclusive,
    log,
    onServer: (seen) => void parts.history.notice(seen),
    onTime: clock.heard,
    onTaken: (shards) => void recover(parts, shards),
    beforeLeaving: (shards) => moveTries(parts, ({ shard }) => shards.has(shard)),
    onLost(shards) {
      forget(parts, new Set(shards), 'its shard was taken');
      parts.hints.tellOfFreeShards(); // where we gave them away, others need not wait for their next round
    },
    onBroken: onFatal,
  });
}

async function recover(parts: Parts, taken: readonly TakenShard[]): Promise<void> {
  const shards = taken.map(({ shard }) => shard);
  try {
    await parts.caution.begin(taken.flatMap(({ shard, orphaned }) => (orphaned ? shard : [])));
    await parts.timers.look();
    await parts.inbound.recover(shards);
    await parts.holds.recover(shards);
    await parts.gates.recover(shards);
    parts.takingUp.over();
  } catch (error) {
    const left = (): TakenShard[] => taken.filter(({ shard }) => parts.ownership.owns(shard));
    if (left().length === 0) return; // others take up what is in them: they were lost, or given back by a process that stops
    parts.takingUp.failed({ error });
    const again = (): void => void recover(parts, left());
    setTimeout(again, RECOVER_AGAIN_MS).unref();
  }
}

function forget({ runner, gates }: Parts, shards: ReadonlySet<number>, reason: string): void {
  for (const live of [...runner.all()]) if (shards.has(live.shard)) runner.drop(live, reason);
  gates.forget(shards);
}

/**
 * What runs in these executions goes on here when they are another's. That it runs is on disk first, and its beginning, as
 * far as that can be had in short time: a try whose beginning is unknown is begun again by its name, and found to run.
 */
export async function moveTries(parts: Parts, leaves: (live: LiveExecution) => boolean): Promise<void> {
  const { runner, lane, attempts, movedTries } = parts;
  if (attempts.running === 0) return;
  runner.flushSoft(0);
  await Promise.race([lane.drain(), pause(FLUSH_WITHIN_MS, undefined, { ref: false })]);
  await attempts.move(leaves, movedTries.record);
}
