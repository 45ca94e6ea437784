/**
 * Tries that do not run where their execution is driven, from both sides.
 *
 * When a shard moves, what runs goes on in the process that began it. Before the shard is given away its tries are written
 * down; from then on they report through the inbox, and the next owner finds them there: it waits for each while the process
 * that runs it lives, and hands it out again, under the same key, when that has gone. Nothing is written for a try that ends
 * where it began.
 */
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import { sealedText } from '../journal/sealed-values.ts';
import type { TryRef } from '../store/attempt-owners.ts';
import type { LiveExecution } from './live.ts';
import { type TryKey, tryName, tryNamed } from './try.ts';

export type MovedTriesDeps = {
  readonly log: Logger;
  readonly record: (tries: readonly TryRef[]) => Promise<void>;
  readonly reportOutcome: (ref: TryRef, payload: string) => Promise<void>;
  /** Tries that we run for others. */
  readonly owned: () => Promise<readonly (TryRef & { readonly stop: boolean })[]>;
  readonly stop: (tries: readonly TryRef[]) => Promise<void>;
  readonly lost: (awaited: readonly TryRef[]) => Promise<readonly TryRef[]>;
  readonly stopMoved: (isUnwanted: (ref: TryRef) => boolean) => void;
  /** A try that was waited for, and that nobody runs any more. */
  readonly onLost: (live: LiveExecution, lost: TryKey) => void;
};

export type MovedTries = {
  /** Writes down that these run here for others; false when that failed. */
  record(tries: readonly TryRef[]): Promise<boolean>;
  report(live: LiveExecution, effect: TryKey, outcome: AttemptOutcome): Promise<void>;
  /** An execution that was read, and of which something runs elsewhere. */
  awaits(live: LiveExecution): void;
  stopElsewhere(live: LiveExecution, names: readonly string[]): void;
  /** Sees to both sides; free while nothing has moved. */
  look(): Promise<void>;
  /** No report is tried again from here on. */
  close(): void;
};

const AGAIN_AFTER_MS = 200;

export function createMovedTries(deps: MovedTriesDeps): MovedTries {
  const outage = createOutage(deps.log, {
    failed: 'tries that have moved could not be seen to; it is tried again',
    over: 'tries that have moved are seen to again',
  });
  const awaiting = new Set<LiveExecution>();
  let runsForOthers = false;
  let looking: Promise<void> | null = null;
  let closed = false;

  function awaited(): TryRef[] {
    const refs: TryRef[] = [];
    for (const live of awaiting) {
      if (live.dropped || live.elsewhere === null || live.elsewhere.size === 0) awaiting.delete(live);
      else for (const name of live.elsewhere) refs.push({ executionId: live.id, name });
    }
    return refs;
  }

  async function lookNow(): Promise<void> {
    if (runsForOthers) {
      const wanted = new Map((await deps.owned()).map((each) => [nameOf(each), each.stop]));
      deps.stopMoved((ref) => wanted.get(nameOf(ref)) !== false);
    }
    const refs = awaited();
    if (refs.length === 0) return;
    const lives = new Map([...awaiting].map((live) => [live.id, live]));
    for (const { executionId, name } of await deps.lost(refs)) {
      const live = lives.get(executionId);
      // Heard of meanwhile, or not ours any more: late news.
      if (live !== undefined && !live.dropped && live.elsewhere?.has(name)) deps.onLost(live, tryNamed(name));
    }
  }

  return {
    async record(tries) {
      runsForOthers = true;
      try {
        await deps.record(tries);
        return true;
      } catch (error) {
        deps.log.error({ error, tries: tries.length }, 'running attempts could not be handed over; they are repeated');
        return false;
      }
    },
    async report({ id, sealer }, effect, outcome) {
      const { key, attempt } = effect;
      const ref = { executionId: id, name: tryName(effect) };
      const text = JSON.stringify({ key, attempt, outcome });
      const payload = sealer === null ? text : sealedText(text, sealer, id);
      while (!closed) {
        try {
          await deps.reportOutcome(ref, payload);
          return outage.over();
        } catch (error) {
          outage.failed({ error });
          await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
        }
      }
    },
    awaits(live) {
      awaiting.add(live);
      // Its stop was decided where it ran before, and may not have been heard there.
      if (live.state.stop !== null && live.elsewhere !== null) this.stopElsewhere(live, [...live.elsewhere]);
    },
    stopElsewhere(live, names) {
      const tries = names.map((name) => ({ executionId: live.id, name }));
      deps.stop(tries).catch((error: unknown) => outage.failed({ error })); // at the latest its deadline stops it
    },
    look() {
      looking ??= lookNow()
        .then(() => outage.over())
        .catch((error: unknown) => outage.failed({ error }))
        .finally(() => {
          looking = null;
        });
      return looking;
    },
    close() {
      closed = true;
    },
  };
}

function nameOf({ executionId, name }: TryRef): string {
  return `${executionId} ${name}`;
}
