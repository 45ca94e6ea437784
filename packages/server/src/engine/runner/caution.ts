/**
 * Finds an execution that kills the process that loads it: by what it is decided, or by what its step does. After the owner
 * of a shard has died, each load in that shard is counted on disk before it is made, and the count goes when the execution
 * has moved. Loads that were followed by a death are repeated ever more carefully: first all together, then in small groups,
 * then one alone, so that the third is that of the culprit and of nobody who stood beside it; it is then ended. Where no
 * owner has died nothing is counted.
 */
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';

export type CautionDeps = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly suspectsOf: (shards: readonly number[]) => Promise<ReadonlyMap<string, number>>;
  readonly countLoads: (executionIds: readonly string[]) => Promise<void>;
  readonly absolve: (executionIds: readonly string[]) => Promise<void>;
};

/** `end` it as it is; `set_aside`: even that killed the process. */
export type Verdict = 'load' | 'end' | 'set_aside';

export type Caution = {
  /** The owner of these shards has died. */
  begin(shards: readonly number[]): Promise<void>;
  /** Null where there is no reason for caution: the ordinary course, at no cost. */
  admit(executionId: string, shard: number): Promise<Verdict> | null;
  /** Nobody else need wait for its load, which may be put off. */
  isSuspect(executionId: string): boolean;
  /** It has moved, or was let go of. */
  survived(executionId: string): void;
  /** Writes what is known. */
  rest(): Promise<void>;
};

export const loadsThatEnd = 3;
/** So long after its owner died, what is loaded of a shard is counted. */
const CAUTIOUS_FOR_MS = 60_000;
const GROUP = 32;
/** A suspect that has not moved after so long, and has not killed the process either, makes room for the next. */
const DWELL_MS = { group: 2_000, alone: 10_000 };
const WRITE_EVERY_MS = 100;

type Kind = keyof typeof DWELL_MS;
type Waiting = { readonly id: string; readonly go: () => void };

export function createCaution({ clock, log, suspectsOf, countLoads, absolve }: CautionDeps): Caution {
  const until = new Map<number, number>();
  const loads = new Map<string, number>();
  const trials = new Map<string, { readonly kind: Kind | null; readonly dwell: NodeJS.Timeout | null }>();
  const queues: Record<Kind, Waiting[]> = { alone: [], group: [] };
  const busy: Record<Kind, number> = { alone: 0, group: 0 };
  let known: Promise<void> = Promise.resolve();
  let counting: { readonly ids: string[]; readonly done: Promise<void> } | null = null;
  let cleared: string[] = [];
  let writing: NodeJS.Timeout | null = null;

  function begin(shards: readonly number[]): Promise<void> {
    if (shards.length === 0) return Promise.resolve();
    for (const shard of shards) until.set(shard, clock.now() + CAUTIOUS_FOR_MS);
    known = suspectsOf(shards).then((found) => {
      for (const [id, count] of found) loads.set(id, count);
      if (loads.size > 0) log.warn({ executions: loads.size }, 'executions were under way when their process died');
    });
    known.catch(() => undefined); // heard by who waits for it
    return known;
  }

  function admit(executionId: string, shard: number): Promise<Verdict> | null {
    if (until.size === 0) return null;
    const end = until.get(shard);
    if (end === undefined) return null;
    if (end < clock.now() && !loads.has(executionId)) {
      until.delete(shard);
      return null;
    }
    return judge(executionId);
  }

  async function judge(id: string): Promise<Verdict> {
    await known;
    const before = loads.get(id) ?? 0;
    if (before > loadsThatEnd) return 'set_aside';
    if (before > 0) await turn(id, before < loadsThatEnd - 1 ? 'group' : 'alone');
    else trials.set(id, { kind: null, dwell: null });
    await counted(id);
    return before === loadsThatEnd ? 'end' : 'load';
  }

  /** Alone means alone: no suspect is loaded beside it. */
  async function turn(id: string, kind: Kind): Promise<void> {
    await new Promise<void>((go) => {
      queues[kind].push({ id, go });
      next();
    });
  }

  function next(): void {
    while (busy.alone === 0) {
      const kind: Kind = queues.alone.length > 0 ? 'alone' : 'group';
      if (kind === 'alone' ? busy.group > 0 : busy.group >= GROUP) return;
      const waiting = queues[kind].shift();
      if (waiting === undefined) return;
      busy[kind] += 1;
      const { id } = waiting;
      const dwell = setTimeout(() => leave(id), DWELL_MS[kind]).unref();
      trials.set(id, { kind, dwell });
      waiting.go();
    }
  }

  /** It was given its time. What was alone, and did no harm, begins anew: it may run for long beside others. */
  function leave(id: string): void {
    const trial = trials.get(id);
    if (trial?.kind === undefined || trial.kind === null) return;
    trials.set(id, { kind: null, dwell: null });
    if (trial.kind === 'alone') clear(id);
    void makeRoom(trial.kind);
  }

  /** Not before it is on disk that the last one did no harm: else it would stand beside the next. */
  async function makeRoom(kind: Kind): Promise<void> {
    while (cleared.length > 0) await rest();
    busy[kind] -= 1;
    next();
  }

  /** Those of one turn of the event loop in one statement. */
  function counted(id: string): Promise<void> {
    if (counting === null) {
      const ids: string[] = [];
      const done = new Promise<void>((resolve, reject) => {
        setImmediate(() => {
          counting = null;
          countLoads(ids).then(resolve, reject);
        });
      });
      counting = { ids, done };
    }
    counting.ids.push(id);
    return counting.done;
  }

  function clear(id: string): void {
    loads.delete(id);
    cleared.push(id);
    writing ??= setTimeout(() => void rest(), WRITE_EVERY_MS).unref();
  }

  async function rest(): Promise<void> {
    if (writing !== null) clearTimeout(writing);
    writing = null;
    const ids = cleared;
    if (ids.length === 0) return;
    cleared = [];
    try {
      await absolve(ids);
    } catch (error) {
      log.debug({ error }, 'executions that have moved are still counted; it is tried again');
      cleared.push(...ids);
      await new Promise((resolve) => setTimeout(resolve, WRITE_EVERY_MS));
      writing ??= setTimeout(() => void rest(), WRITE_EVERY_MS).unref();
    }
  }

  return {
    begin,
    admit,
    isSuspect: (executionId) => loads.has(executionId),
    survived(id) {
      const trial = trials.get(id);
      if (trial === undefined) return;
      trials.delete(id);
      if (trial.dwell !== null) clearTimeout(trial.dwell);
      clear(id);
      if (trial.kind !== null) void makeRoom(trial.kind);
    },
    rest,
  };
}
