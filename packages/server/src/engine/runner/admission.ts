/**
 * Takes up starts that wait in the table, as far as there is room: in turn by tenant, then by priority with ageing. The order is
 * that of `core/gate/admission`; this is what of all that waits is looked at, which is bounded.
 *
 * Each look takes some tenants, from where the last one stopped, and the oldest of each of their priorities. Where there is
 * none for us among very many (they belong to other processes), these are passed over for a while: a start may still appear
 * among them, since a slow transaction commits behind its id, so that after a while they are looked at again.
 */
import { admissionOrder } from '@cloudflow/core/gate/admission.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import { timeOf } from '../id-range.ts';
import type { FoundStarts, StartQueue } from '../store/pending-starts.ts';
import type { Loader } from './loader.ts';

export type AdmissionDeps = {
  readonly clock: Clock;
  readonly loader: Pick<Loader, 'load' | 'putOff'>;
  readonly tenantsWithStarts: (after: string, limit: number) => Promise<readonly string[]>;
  readonly startsOf: (
    queues: readonly StartQueue[],
    of: { readonly shards: readonly number[]; readonly known: readonly string[]; readonly each: number },
  ) => Promise<readonly FoundStarts[]>;
  readonly ownedShards: () => readonly number[];
  /** How many more executions may be in memory. */
  readonly room: () => number;
};

export type Admission = {
  /** Takes up some; true when another look would find more at once. `onRead`: the table was asked, and answered. */
  look(onRead: () => void): Promise<boolean>;
};

/** Executions that one look takes up, and tenants that it goes through. */
const PAGE = 500;
const TENANTS = 50;
/** What is passed over is looked at again after this. */
const PASSED_FOR_MS = 5_000;
const priorities = [1, 2, 3, 4, 5];
const first = '00000000-0000-0000-0000-000000000000';

export function createAdmission(deps: AdmissionDeps): Admission {
  const { clock, loader } = deps;
  let lastTenant = first;
  /** Taken up by the look before: their flush may be under way. */
  let taken: readonly string[] = [];
  const passed = new Map<string, { readonly id: string; readonly until: number }>();

  async function look(onRead: () => void): Promise<boolean> {
    const shards = deps.ownedShards();
    const most = Math.min(deps.room(), PAGE);
    if (shards.length === 0 || most <= 0) return false;
    const tenants = await deps.tenantsWithStarts(lastTenant, TENANTS);
    onRead();
    const isLastPage = tenants.length < TENANTS;
    const wasFirstPage = lastTenant === first;
    if (tenants.length === 0) {
      lastTenant = first;
      return !wasFirstPage;
    }
    const each = Math.ceil(most / tenants.length);
    const known = [...loader.putOff.keys(), ...taken];
    const found = await deps.startsOf(queuesOf(tenants), { shards, known, each });
    const isPassing = passOver(found);
    const candidates = inTurn(tenants, found);
    const admitted = admissionOrder(candidates, most);
    // Cut short, the next look begins behind the tenant that was served last; else with the next tenants.
    const isCut = admitted.length < Math.min(tenants.length, candidates.length);
    lastTenant = isCut ? (admitted.at(-1)?.tenant ?? first) : isLastPage ? first : (tenants.at(-1) ?? first);
    taken = admitted.map(({ id }) => id);
    await Promise.all(taken.map((id) => loader.load(id)));
    const isFull = found.some(({ ids }) => ids.length === each);
    return isPassing || !isLastPage || (admitted.length > 0 && (isFull || !wasFirstPage));
  }

  function queuesOf(tenants: readonly string[]): StartQueue[] {
    const now = clock.now();
    for (const [name, { until }] of passed) if (until <= now) passed.delete(name);
    return tenants.flatMap((tenant) =>
      priorities.map((priority) => ({
        tenant,
        priority,
        after: passed.get(nameOf({ tenant, priority }))?.id ?? first,
      })),
    );
  }

  /** True when something was. */
  function passOver(found: readonly FoundStarts[]): boolean {
    let isPassing = false;
    for (const each of found) {
      if (each.passed === null) continue;
      isPassing = true;
      const until = passed.get(nameOf(each))?.until ?? clock.now() + PASSED_FOR_MS;
      passed.set(nameOf(each), { id: each.passed, until });
    }
    return isPassing;
  }

  return { look };
}

type Start = { readonly id: string; readonly tenant: string; readonly priority: number; readonly since: number };

function inTurn(tenants: readonly string[], found: readonly FoundStarts[]): Start[] {
  const byTenant = Map.groupBy(found, ({ tenant }) => tenant);
  return tenants.flatMap((tenant) =>
    (byTenant.get(tenant) ?? []).flatMap(({ priority, ids }) =>
      ids.map((id) => ({ id, tenant, priority, since: timeOf(id) })),
    ),
  );
}

function nameOf({ tenant, priority }: { readonly tenant: string; readonly priority: number }): string {
  return `${tenant} ${priority}`;
}
