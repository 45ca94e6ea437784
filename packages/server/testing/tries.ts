/** Tries of one action, as the engine has them run, with credentials that a test sets out. */
import type { Json } from '@cloudflow/core/json.ts';
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import { type Actions, createActions } from '../src/action/index.ts';
import type { OpenCredential } from '../src/credential/index.ts';
import { systemClock } from '../src/kernel/clock/clock.ts';
import { createEgress } from '../src/kernel/egress/egress.ts';
import { silentLog } from '../src/kernel/log/log.ts';

export type TryOptions = {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** What may be reached that is not public; this machine when absent. */
  readonly allow?: readonly string[];
  readonly attempt?: number;
  /** Another action than that of `createTries`. */
  readonly type?: string;
};

export type Tries = {
  /** By the name of the credential. */
  readonly vault: Record<string, OpenCredential>;
  run(config: Json, options?: TryOptions): Promise<AttemptOutcome>;
  close(): Promise<void>;
};

export function createTries(usual: string): Tries {
  const vault: Record<string, OpenCredential> = {};
  const closers: (() => Promise<void>)[] = [];
  const opened = new Map<string, Actions>();

  function actionsFor(allow: readonly string[]): Actions {
    const known = opened.get(allow.join());
    if (known) return known;
    const egress = createEgress({ allow });
    const openCredential = async (_tenantId: string, name: string) => vault[name];
    const findOperation = async () => undefined;
    const actions = createActions({ findOperation, egress, log: silentLog, clock: systemClock, openCredential });
    closers.push(actions.attempts.close, egress.close);
    opened.set(allow.join(), actions);
    return actions;
  }

  return {
    vault,
    run(config, { timeoutMs = 20_000, signal, allow = ['127.0.0.1'], attempt = 1, type = usual } = {}) {
      const request = {
        kind: 'attempt' as const,
        type,
        key: { s: 'call' },
        path: 'call',
        attempt,
        input: config,
        timeoutMs,
        idempotencyKey: 'root/call/0/0',
        free: false,
        recordFirst: false,
        executionId: '01936f0e-0000-7000-8000-0000000000ff',
        tenantId: 't',
        correlationId: 'corr-1',
      };
      return actionsFor(allow).attempts.run(request, signal ?? new AbortController().signal);
    },
    async close() {
      await Promise.all(closers.splice(0).map((close) => close()));
    },
  };
}
