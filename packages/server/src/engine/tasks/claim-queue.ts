/**
 * Workers that wait for tasks. They are served one after the other, in the order in which they came, when something was offered,
 * and every second in case that nobody said so: however many wait, one claim at a time is asked of the database for them.
 */
import { problem } from '../../kernel/errors/problem.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';

export type ClaimQueueDeps = { readonly log: Logger; readonly ofProcess?: number; readonly ofTenant?: number };

export type ClaimQueue = {
  /**
   * What `claim` gives, once that is something; empty when the time is over or `signal` fires. Throws `overloaded` when too many wait already.
   * What `claim` throws is thrown on.
   */
  wait<T>(waiter: Waiter<T>): Promise<readonly T[]>;
  /** There may be something to claim. */
  offered(): void;
  readonly size: number;
  close(): void;
};

export type Waiter<T> = {
  readonly tenantId: string;
  readonly claim: () => Promise<readonly T[]>;
  readonly waitMs: number;
  readonly signal: AbortSignal;
};

type Waiting = { readonly tenantId: string; serve(): Promise<void>; leave(): void };

const LOOK_EVERY_MS = 1_000;
/** What is offered within it is claimed together. */
const GAP_MS = 10;

export function createClaimQueue({ log, ofProcess = 2_000, ofTenant = 500 }: ClaimQueueDeps): ClaimQueue {
  const outage = createOutage(log, {
    failed: 'tasks could not be claimed for workers that wait; it is tried again',
    over: 'tasks are claimed again for workers that wait',
  });
  const waiting = new Set<Waiting>();
  let isServing = false;
  let again = false;
  let timer: NodeJS.Timeout | null = null;

  async function serveAll(): Promise<void> {
    if (isServing) {
      again = true;
      return;
    }
    isServing = true;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    again = false;
    for (const each of [...waiting]) if (waiting.has(each)) await each.serve();
    isServing = false;
    if (waiting.size > 0) timer = setTimeout(() => void serveAll(), again ? GAP_MS : LOOK_EVERY_MS);
  }

  function mustHaveRoom(tenantId: string): void {
    let own = 0;
    for (const each of waiting) if (each.tenantId === tenantId) own += 1;
    if (own >= ofTenant || waiting.size >= ofProcess)
      throw problem('overloaded', {
        detail: `${Math.max(own, ofTenant)} workers wait for tasks already.`,
        retryAfter: 5,
      });
  }

  return {
    get size() {
      return waiting.size;
    },
    wait({ tenantId, claim, waitMs, signal }) {
      mustHaveRoom(tenantId);
      if (signal.aborted) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        let isAsking = false;
        let isOver = false;
        const leave = (): void => {
          isOver = true;
          clearTimeout(over);
          signal.removeEventListener('abort', leave);
          waiting.delete(each);
          // What is being claimed for it is not lost: it is answered with.
          if (!isAsking) resolve([]);
        };
        const each: Waiting = {
          tenantId,
          leave,
          async serve() {
            isAsking = true;
            try {
              const found = await claim();
              outage.over();
              if (found.length === 0 && !isOver) return;
              resolve(found);
              leave();
            } catch (error) {
              outage.failed({ error });
              reject(error as Error);
              leave();
            } finally {
              isAsking = false;
            }
          },
        };
        const over = setTimeout(leave, waitMs);
        signal.addEventListener('abort', leave, { once: true });
        waiting.add(each);
        timer ??= setTimeout(() => void serveAll(), LOOK_EVERY_MS);
      });
    },
    offered() {
      if (waiting.size > 0) void serveAll();
    },
    close() {
      for (const each of [...waiting]) each.leave();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
