/**
 * Hints between the processes on one database: something was committed that another one has to see to. They are sent after the
 * commit, apart from it, by the shards that they are for: the server finds the owners. A hint may be lost; the owner's
 * own look is the truth. What is to be told while one statement is under way goes with the next.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import { type Hint, hintOfFreeShards, hintOfTasks, hintOwners, listenAs } from '../store/hint-owners.ts';

export type HintsDeps = {
  readonly connect: () => Promise<pg.Client>;
  /** Random per boot. */
  readonly owner: string;
  readonly log: Logger;
  readonly onHint: (hint: Hint) => void;
};

export type Hints = {
  begin(): void;
  /** For whoever owns the shard. Cheap to call for every row. */
  tell(hint: 'inbox' | 'starts', shard: number): void;
  /** For all at whom workers wait. */
  tellOfTasks(): void;
  /** Shards of ours are nobody's now. */
  tellOfFreeShards(): void;
  /** True while we hear what others tell us. */
  readonly isListening: boolean;
  /** What is still to be told is told first, for a moment. */
  close(): Promise<void>;
};

const AGAIN_AFTER_MS = 500;
/** A connection that nothing comes through is found out by asking. */
const PROVE_EVERY_MS = 5_000;
const LAST_WORDS_MS = 500;
/** NOTIFY takes a lock of the whole server: a few hundred a second go unnoticed, thousands do not. */
const GAP_MS = 5;
const ANY = -1;

export function createHints({ connect, owner, log, onHint }: HintsDeps): Hints {
  const outage = createOutage(log, {
    failed: 'other processes cannot be hinted at, nor heard; all look by themselves more often',
    over: 'hints between processes are sent and heard again',
  });
  const toTell = {
    inbox: new Set<number>(),
    starts: new Set<number>(),
    shards: new Set<number>(),
    tasks: new Set<number>(),
  };
  const closing = new AbortController();
  let wake = Promise.withResolvers<void>();
  let client: pg.Client | null = null;
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (!closing.signal.aborted || isMore()) {
      try {
        const session = client ?? (await open());
        await speak(session);
        await pause(GAP_MS); // even while closing: last words go together
        outage.over();
      } catch (error) {
        outage.failed({ error });
        drop();
        if (closing.signal.aborted) return;
        await pause(AGAIN_AFTER_MS, undefined, { signal: closing.signal }).catch(() => undefined);
        continue;
      }
      if (isMore() || closing.signal.aborted) continue;
      const proof = setTimeout(() => wake.resolve(), PROVE_EVERY_MS);
      await wake.promise;
      clearTimeout(proof);
      wake = Promise.withResolvers();
    }
  }

  async function open(): Promise<pg.Client> {
    const fresh = await connect();
    fresh.on('notification', ({ payload }) => onHint(payload as Hint));
    fresh.on('end', () => {
      if (client === fresh) client = null;
      wake.resolve();
    });
    await listenAs(fresh, owner);
    client = fresh;
    // What was told before we listened.
    for (const hint of ['inbox', 'starts', 'shards', 'tasks'] as const) onHint(hint);
    return fresh;
  }

  function isMore(): boolean {
    return toTell.inbox.size + toTell.starts.size + toTell.shards.size + toTell.tasks.size > 0;
  }

  async function speak(session: pg.Client): Promise<void> {
    const told = (['inbox', 'starts'] as const).flatMap((hint) => [...toTell[hint]].map((shard) => ({ hint, shard })));
    const areFree = toTell.shards.size > 0;
    const areOffered = toTell.tasks.size > 0;
    for (const set of Object.values(toTell)) set.clear();
    await hintOwners(session, owner, told); // of nothing, too: that the session answers is what keeps it
    if (areOffered) await hintOfTasks(session);
    if (areFree) await hintOfFreeShards(session, owner);
  }

  function drop(): void {
    const broken = client;
    client = null;
    void broken?.end().catch(() => undefined);
  }

  function add(hint: Hint, shard: number): void {
    toTell[hint].add(shard);
    wake.resolve();
  }

  return {
    begin() {
      running ??= run();
    },
    tell: add,
    tellOfTasks: () => add('tasks', ANY),
    tellOfFreeShards: () => add('shards', ANY),
    get isListening() {
      return client !== null;
    },
    async close() {
      closing.abort();
      wake.resolve();
      await Promise.race([running, pause(LAST_WORDS_MS, undefined, { ref: false })]);
      drop();
    },
  };
}
