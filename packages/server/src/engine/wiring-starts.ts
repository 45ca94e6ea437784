/** How starts come in: asked for here, alone or together, or found in the table; and in which shard each is to live. */

import type { StartRequest } from './engine.ts';
import { shardOf, uuidV7 } from './execution-id.ts';
import { firstGate } from './gates/gate-id.ts';
import { hint } from './hinting.ts';
import type { Ownership } from './ownership/ownership.ts';
import { type Admission, createAdmission } from './runner/admission.ts';
import { createStartAll, type StartAll } from './runner/batch-starts.ts';
import { createStarts, type NewId, type Starts } from './runner/starts.ts';
import type { Parts } from './wiring.ts';

const CONFIRM_WITHIN_MS = 10_000;

export function wireAdmission(parts: Parts): Admission {
  const { clock, maxInFlight } = parts.deps;
  return createAdmission({
    clock,
    loader: parts.loader,
    tenantsWithStarts: parts.store.tenantsWithStarts,
    startsOf: parts.store.startsOf,
    ownedShards: () => parts.ownership.ownedShards(),
    room: () => maxInFlight - parts.runner.size,
  });
}

export function wireStarts(parts: Parts): Starts {
  const { clock, maxInFlight, confirmWithinMs = CONFIRM_WITHIN_MS, readHead } = parts.deps;
  return createStarts({
    clock,
    runner: parts.runner,
    waiters: parts.waiters,
    entropy: parts.entropy,
    ...placing(parts),
    maxInFlight,
    confirmWithinMs,
    readHead,
  });
}

export function wireStartAll(parts: Parts): StartAll {
  const { clock, maxInFlight } = parts.deps;
  return createStartAll({
    clock,
    entropy: parts.entropy,
    ...placing(parts),
    async insertStarts(tenantId, starts) {
      const inserted = await parts.store.insertStarts(tenantId, starts);
      const others = starts.flatMap(({ id }) => (parts.ownership.owns(shardOf(id)) ? [] : id)); // ours are begun right away
      if (inserted.kind === 'stored') hint(parts, 'starts', others);
      return inserted;
    },
    loader: parts.loader,
    room: () => maxInFlight - parts.runner.size,
    onStarted(count) {
      for (let i = 0; i < count; i += 1) parts.observer.executionStarted();
    },
  });
}

function placing(parts: Parts) {
  return {
    newId: (now: number, gate: string | null) => newId(now, gate, parts.ownership),
    firstGate: ({ plan, tenantId, input }: StartRequest, now: number) => firstGate(plan, { tenantId, input }, now),
    prepareGate: (gateId: string) => parts.gates.prepare(gateId),
    sealerOf: parts.deps.secrets.sealer,
  };
}

/**
 * In the shard of the gate that it will ask first: then the gate answers at once. Else in one of our shards, when we have
 * any: then the execution begins here and now.
 */
export function newId(
  now: number,
  gate: string | null,
  { owns, ownedShards }: Pick<Ownership, 'owns' | 'ownedShards'>,
): NewId {
  const shards = ownedShards();
  const shard = gate === null ? shards[Math.floor(Math.random() * shards.length)] : shardOf(gate);
  const id = uuidV7(now, shard);
  return { id, shard: shard ?? shardOf(id), isOurs: shard !== undefined && owns(shard) };
}
