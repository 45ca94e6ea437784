/**
 * Pauses of workflows and tenants, as those who drive executions see them.
 *
 * The truth is a table. Whoever owns a shard knows the pauses that last, by a look four times a second (at once when this
 * process was asked), and alone writes to the journals of the executions in it: the fence of a pause is that of the shard.
 * None escapes: what is in memory is told in the turn in which the change is seen; what comes into memory later is told
 * before anything else (a start before it begins); what lies on disk is gone through after each change, and again when a
 * shard is taken. All of it may happen twice: a pause that lasts is not recorded again.
 */
import type { RunInput } from '@cloudflow/core/run/contract.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import type { LiveExecution } from '../runner/live.ts';
import type { Paused, PauseRow } from '../store/pauses.ts';

export type Holds = {
  /** Reads the pauses, and from now on looks for changes. */
  begin(): Promise<void>;
  /** This process has made a change: it knows it when this resolves. */
  changed(): Promise<void>;
  /** What an execution in memory has not been told yet: pauses that last, or ends of pauses. */
  pausesFor(live: LiveExecution): readonly RunInput[];
  resumesFor(live: LiveExecution): readonly RunInput[];
  /** Tells the executions on disk in shards that were just taken. */
  recover(shards: readonly number[]): Promise<void>;
  /** Another history of the database is believed from now on: what is known of pauses is compared with what it has. */
  startOver(): void;
  stop(): Promise<void>;
};

export type HoldsDeps = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly pausesSince: (
    known: bigint,
  ) => Promise<{ readonly version: bigint; readonly pauses: readonly PauseRow[] } | null>;
  readonly unfinishedOf: (
    shards: readonly number[],
    of: Paused,
    page: { readonly after: string | null; readonly limit: number },
  ) => Promise<readonly string[]>;
  readonly ownedShards: () => readonly number[];
  /** Tells all executions in memory what they have not been told. */
  readonly tellAll: () => void;
  /** Brings one into memory, where it is told. */
  readonly load: (executionId: string) => Promise<void>;
};

const LOOK_EVERY_MS = 250;
/** Read and told at the same time. */
const PAGE = 200;
const scopes = ['workflow', 'tenant'] as const;

export function createHolds(deps: HoldsDeps): Holds {
  const { clock, log } = deps;
  const outage = createOutage(log, {
    failed: 'pauses could not be read; it is tried again',
    over: 'pauses are read again',
  });
  let known = 0n;
  let startedOver = 0;
  let lasting = new Map<string, PauseRow>();
  /** Changes whose executions on disk have still to be gone through. */
  const changed = new Map<string, Paused>();
  let again: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let hinted = false;
  let begun = false;
  let stopped = false;

  async function readAll(): Promise<void> {
    const since = startedOver;
    const found = await deps.pausesSince(known);
    if (found === null || found.version <= known || since !== startedOver) return;
    const now = new Map(found.pauses.map((each) => [nameOf(each), each]));
    for (const [name, each] of [...now, ...lasting]) if (now.has(name) !== lasting.has(name)) changed.set(name, each);
    lasting = now;
    known = found.version;
    deps.tellAll();
  }

  async function look(): Promise<void> {
    await readAll();
    for (const [name, each] of [...changed]) {
      // Before, not after: a change that is seen meanwhile has its own way through.
      changed.delete(name);
      await walk(deps.ownedShards(), each).catch((error: unknown) => {
        changed.set(name, each);
        throw error;
      });
    }
    outage.over();
  }

  async function walk(shards: readonly number[], of: Paused): Promise<void> {
    if (shards.length === 0) return;
    for (let after: string | null = null; !stopped; ) {
      const page: readonly string[] = await deps.unfinishedOf(shards, of, { after, limit: PAGE });
      await Promise.all(page.map(deps.load));
      after = page.at(-1) ?? null;
      if (page.length < PAGE) return;
    }
  }

  function lookNow(): void {
    if (stopped) return;
    if (looking !== null) {
      hinted = true;
      return;
    }
    if (again !== null) clearTimeout(again);
    hinted = false;
    looking = look()
      .catch((error: unknown) => outage.failed({ error }))
      .finally(() => {
        looking = null;
        if (!stopped) again = setTimeout(lookNow, hinted ? 0 : LOOK_EVERY_MS);
      });
  }

  function holdOf({ tenantId, facts }: LiveExecution, scope: (typeof scopes)[number]): PauseRow | undefined {
    return lasting.get(nameOf({ tenantId, workflowId: scope === 'tenant' ? null : facts.workflowId }));
  }

  return {
    async begin() {
      await readAll();
      begun = true;
      again = setTimeout(lookNow, LOOK_EVERY_MS);
    },
    async changed() {
      if (!begun) return;
      // The change is made; when it cannot be read now, the next look finds it.
      await readAll().catch((error: unknown) => outage.failed({ error }));
      lookNow();
    },
    pausesFor(live) {
      if (lasting.size === 0) return none;
      return scopes.flatMap((scope): RunInput[] => {
        const hold = holdOf(live, scope);
        if (hold === undefined || isPausedBy(live, scope)) return [];
        const reason = hold.reason === null ? {} : { reason: hold.reason };
        return [{ kind: 'pause', at: clock.now(), scope, by: hold.createdBy, ...reason }];
      });
    },
    resumesFor(live) {
      if (!live.state.paused) return none;
      return scopes.flatMap((scope): RunInput[] =>
        isPausedBy(live, scope) && holdOf(live, scope) === undefined
          ? [{ kind: 'resume', at: clock.now(), scope }]
          : [],
      );
    },
    startOver() {
      known = -1n;
      startedOver += 1;
    },
    async recover(shards) {
      for (const each of [...lasting.values()]) await walk(shards, each);
    },
    async stop() {
      stopped = true;
      if (again !== null) clearTimeout(again);
      await looking;
    },
  };
}

const none: readonly RunInput[] = [];

function isPausedBy({ state }: LiveExecution, scope: (typeof scopes)[number]): boolean {
  return state.pauses.some((each) => each.scope === scope);
}

function nameOf({ tenantId, workflowId }: Paused): string {
  return `${tenantId} ${workflowId ?? ''}`;
}
