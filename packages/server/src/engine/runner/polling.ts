/** Looking at a table again and again: the look is the truth, a hint only makes it come sooner. One look at a time. */
import type { Outage } from '../../kernel/log/outage.ts';

export type PollingDeps = {
  /** True when there is more to be had at once. */
  readonly look: () => Promise<boolean>;
  readonly everyMs: () => number;
  readonly outage: Outage;
};

export type Polling = {
  /** From now on there are looks. */
  begin(): void;
  /** A look begins at once, or, so that many hints are few looks, as soon as the last one began `gapMs` ago. */
  hint(gapMs?: number): void;
  readonly isLooking: boolean;
  stop(): Promise<void>;
};

export function createPolling({ look, everyMs, outage }: PollingDeps): Polling {
  let next: NodeJS.Timeout | null = null;
  let nextAt = Infinity;
  let looking: Promise<void> | null = null;
  let beganAt = -Infinity;
  let wantedAt = Infinity;
  let state: 'new' | 'begun' | 'stopped' = 'new';

  function now(): void {
    next = null;
    nextAt = Infinity;
    wantedAt = Infinity;
    beganAt = performance.now();
    looking = look()
      .then((more) => void (more && hint()))
      .catch((error: unknown) => outage.failed({ error }))
      .finally(() => {
        looking = null;
        if (state === 'begun') plan(Math.min(wantedAt, performance.now() + everyMs()));
      });
  }

  function plan(at: number): void {
    if (at >= nextAt) return;
    if (next !== null) clearTimeout(next);
    nextAt = at;
    next = setTimeout(now, Math.max(0, at - performance.now()));
  }

  function hint(gapMs = 0): void {
    if (state !== 'begun') return;
    const at = beganAt + gapMs;
    if (looking !== null) wantedAt = Math.min(wantedAt, at);
    else if (at > performance.now()) plan(at);
    else {
      if (next !== null) clearTimeout(next);
      now();
    }
  }

  return {
    begin() {
      state = 'begun';
      hint();
    },
    hint,
    get isLooking() {
      return looking !== null;
    },
    async stop() {
      state = 'stopped';
      if (next !== null) clearTimeout(next);
      await looking;
    },
  };
}
