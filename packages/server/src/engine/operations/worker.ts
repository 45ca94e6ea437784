/**
 * Does what operations ask for, page by page, those of all tenants in turn. Commands and the note of their page are one
 * transaction. A retry is asked for under a key made of operation and execution: a page that is done again after a crash, or
 * by another process that holds this one for dead, repeats none.
 */
import { CommitUnknownError, DatabaseUnavailableError } from '../../kernel/db/errors.ts';
import { Problem } from '../../kernel/errors/problem.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import { readFilter } from '../listing/filter.ts';
import type { Retries } from '../retry-execution.ts';
import type { OperationError, Taken } from './operation.ts';
import type { OperationStore } from './operation-store.ts';

export type OperationWorker = {
  begin(): void;
  /** An operation was made here: no need to wait for the next look. */
  hint(): void;
  /** Ends after the page that is under way. */
  stop(): Promise<void>;
};

export type OperationWorkerDeps = {
  readonly store: OperationStore;
  readonly retries: Pick<Retries, 'retry'>;
  readonly log: Logger;
  readonly lookEveryMs?: number;
};

/** Longer than a page takes: a process that is late by more is taken for dead. */
const HOLD_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const AGAIN_MS = 1_000;
const COMMANDS_AT_ONCE = 500;
/** Each reads a journal and starts an execution; fewer to a page, so that its progress shows. */
const RETRIES_AT_ONCE = 20;
const RETRIES_BESIDE = 4;
/** So many messages may wait for the owners of shards before the next page. */
const MOST_WAITING = 5_000;

export function createOperationWorker({
  store,
  retries,
  log,
  lookEveryMs = LOOK_EVERY_MS,
}: OperationWorkerDeps): OperationWorker {
  const outage = createOutage(log, {
    failed: 'an operation cannot go on; it is tried again',
    over: 'operations go on',
  });
  let stopping = false;
  let running: Promise<void> = Promise.resolve();
  let wake: () => void = () => undefined;

  async function run(): Promise<void> {
    while (!stopping) {
      if (!(await look())) await rest(lookEveryMs);
    }
  }

  function rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stopping) wake();
    });
  }

  /** One page of one operation. False: there was none, or it cannot go on for the moment. */
  async function look(): Promise<boolean> {
    let taken: Taken | undefined;
    try {
      taken = await store.take(HOLD_MS);
      if (taken === undefined) return false;
      const wentOn = await work(taken);
      outage.over();
      if (!wentOn) await store.leave(taken.id, AGAIN_MS);
      return wentOn;
    } catch (error) {
      outage.failed({ error, operation: taken?.id });
      if (taken !== undefined) await store.leave(taken.id, AGAIN_MS).catch(() => undefined);
      return false;
    }
  }

  async function work(taken: Taken): Promise<boolean> {
    const { action, filter, reason } = taken.request;
    if (action !== 'retry' && (await store.inboxIsLong(MOST_WAITING))) return false;
    const ids = await store.page(
      taken.tenantId,
      {
        action,
        filter: { ...readFilter(filter, 'filter'), workflowIds: taken.workflowIds ?? undefined },
      },
      {
        after: taken.position,
        until: taken.untilId,
        limit: action === 'retry' ? RETRIES_AT_ONCE : COMMANDS_AT_ONCE,
      },
    );
    const [first, ...others] = ids;
    if (first === undefined) await store.complete(taken.id);
    else if (action === 'retry') await retryAll(taken, ids);
    else {
      const payload = JSON.stringify({ ...(reason !== undefined && { reason }), by: taken.createdBy });
      await store.sendCommands({ taken, kind: action, payload, ids: [first, ...others] });
    }
    return true;
  }

  async function retryAll(taken: Taken, ids: readonly string[]): Promise<void> {
    const errors: OperationError[] = [];
    const left = [...ids];
    const one = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        const code = await refusalOf(taken, id);
        if (code !== null) errors.push({ execution_id: id, code });
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: RETRIES_BESIDE }, one));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    const position = ids.at(-1);
    if (position !== undefined) await store.notePage(taken, { position, done: ids.length - errors.length, errors });
  }

  /** Null: it is retried. What may be otherwise in a moment is thrown, and the page is done again. */
  async function refusalOf(taken: Taken, executionId: string): Promise<string | null> {
    const { from = 'failed', version } = taken.request;
    try {
      await retries.retry({
        tenantId: taken.tenantId,
        executionId,
        by: taken.createdBy,
        body: { from, ...(version !== undefined && { version }) },
        key: `operation:${taken.id}:${executionId}`,
        correlationId: taken.correlationId,
      });
      return null;
    } catch (error) {
      if (error instanceof Problem && error.status < 500 && error.status !== 429) return error.code;
      if (isPassing(error)) throw error;
      log.error({ error, operation: taken.id, executionId }, 'an execution could not be retried');
      return 'internal';
    }
  }

  return {
    begin() {
      running = run();
    },
    hint: () => wake(),
    async stop() {
      stopping = true;
      wake();
      await running;
    },
  };
}

const isPassing = (error: unknown): boolean =>
  error instanceof DatabaseUnavailableError ||
  error instanceof CommitUnknownError ||
  (error instanceof Problem && error.status !== 500);
