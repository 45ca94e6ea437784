/**
 * The desk of the workers: they claim tasks, keep them by heartbeats, answer them, and give them back. Whatever they say of one is a
 * row of the inbox in the same transaction; the rules hear it there, whichever process drives the execution.
 */
import type { Json } from '@cloudflow/core/json.ts';
import type { AttemptError, AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import type { KeepLine } from '../../execution-log/index.ts';
import type { Database, Tx } from '../../kernel/db/database.ts';
import { problem } from '../../kernel/errors/problem.ts';
import type { SecretBox } from '../../kernel/secret/secret-box.ts';
import { isSealed, openText, sealedText } from '../journal/sealed-values.ts';
import {
  answerTask,
  type Claim,
  type ClaimedTask,
  claimTasks,
  extendLeases,
  findAllHeld,
  findHeld,
  type HeldState,
  type HeldTask,
  returnTasks,
  type TaskIdentity,
} from '../store/tasks.ts';
import type { ClaimQueue } from './claim-queue.ts';
import { endedPayload } from './task-messages.ts';
import type { TaskObserver } from './task-observer.ts';

export type TasksDeps = {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly queue: ClaimQueue;
  readonly observer: TaskObserver;
  /** Checks that an output can be stored, and makes it an outcome. */
  readonly outcomeOf: (output: Json) => AttemptOutcome;
  /** Lines that people find beside the execution. */
  readonly keepLine: KeepLine;
  /** These executions have something in their inbox. */
  readonly hint: (executionIds: readonly string[]) => void;
};

/** A task as its worker gets it. */
export type Task = Omit<ClaimedTask, 'input' | 'atMostOnce'> & { readonly atMostOnce: boolean; readonly config: Json };

/** What a worker tells of a task that it has. */
export type WorkerLine = Pick<Parameters<KeepLine>[0], 'level' | 'message' | 'fields' | 'at'>;

type Answer = {
  readonly as: 'completed' | 'failed';
  readonly outcome: AttemptOutcome;
  readonly lines: readonly WorkerLine[];
};

export type Tasks = ReturnType<typeof createTasks>;

export function createTasks({ database, secrets, queue, observer, outcomeOf, keepLine, hint }: TasksDeps) {
  const inTenant = <T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
    database.transaction({ role: 'app', tenantId }, work);

  async function claim(wanted: Claim): Promise<readonly Task[]> {
    const rows = await inTenant(wanted.tenantId, (tx) => claimTasks(tx, wanted));
    observer.claimed(rows.length);
    hint(rows.map(({ executionId }) => executionId));
    return Promise.all(rows.map(opened));
  }

  async function opened({ input, atMostOnce, ...row }: ClaimedTask): Promise<Task> {
    const text = isSealed(input) ? await openText(input, secrets, row.executionId) : input;
    return { ...row, atMostOnce: atMostOnce === 1, config: JSON.parse(text) as Json };
  }

  /** Throws `task_lost` when the task is not the caller's (any more). */
  async function answer(tenantId: string, held: HeldTask, { as, outcome, lines }: Answer): Promise<void> {
    const told = await inTenant(tenantId, async (tx) => {
      const task = await findHeld(tx, tenantId, held);
      if (task === undefined) return null;
      const text = endedPayload(task.name, outcome);
      const payload = task.isSealed ? sealedText(text, await secrets.sealer(tenantId), task.executionId) : text;
      return (await answerTask(tx, tenantId, { ...held, as, payload })) ? task : null;
    });
    if (told === null) {
      observer.refused();
      throw problem('task_lost');
    }
    observer.answered(as);
    hint([told.executionId]);
    keepLines(tenantId, told, lines);
    if ('error' in outcome) tellFailure(tenantId, told, outcome.error);
  }

  function keepLines(tenantId: string, task: TaskIdentity, lines: readonly WorkerLine[]): void {
    if (task.isSealed) return;
    for (const line of lines) keepLine({ ...lineOf(tenantId, task), ...line, source: 'worker' });
  }

  function tellFailure(tenantId: string, task: TaskIdentity, { code, message }: AttemptError): void {
    if (task.isSealed) return;
    const text = `The try failed with ${code}: ${message}`;
    keepLine({ ...lineOf(tenantId, task), level: 'warn', source: 'engine', message: text });
  }

  return {
    /** At most `waitMs` long, until there is something; at once when the signal fires. */
    async claim(wanted: Claim, waitMs: number, signal: AbortSignal): Promise<readonly Task[]> {
      const found = await claim(wanted);
      if (found.length > 0 || waitMs === 0) return found;
      return queue.wait({ tenantId: wanted.tenantId, claim: () => claim(wanted), waitMs, signal });
    },
    heartbeat: (tenantId: string, held: readonly HeldTask[], leaseMs: number): Promise<readonly HeldState[]> =>
      inTenant(tenantId, (tx) => extendLeases(tx, { tenantId, held, leaseMs })),
    complete: (tenantId: string, held: HeldTask, output: Json, lines: readonly WorkerLine[] = []): Promise<void> =>
      answer(tenantId, held, { as: 'completed', outcome: outcomeOf(output), lines }),
    fail: (tenantId: string, held: HeldTask, error: AttemptError, lines: readonly WorkerLine[] = []): Promise<void> =>
      answer(tenantId, held, { as: 'failed', outcome: { error }, lines }),
    /** What the holders of these tasks have to tell; of others' tasks nothing is kept. */
    async tell(
      tenantId: string,
      told: readonly (HeldTask & { readonly lines: readonly WorkerLine[] })[],
    ): Promise<void> {
      if (told.length === 0) return;
      const byId = new Map(told.map(({ id, lines }) => [id, lines]));
      for (const task of await inTenant(tenantId, (tx) => findAllHeld(tx, tenantId, told)))
        keepLines(tenantId, task, byId.get(task.id) ?? []);
    },
    async release(tenantId: string, held: readonly HeldTask[]): Promise<void> {
      hint(await inTenant(tenantId, (tx) => returnTasks(tx, tenantId, held)));
    },
  };
}

function lineOf(tenantId: string, { executionId, path: step, attempt }: TaskIdentity) {
  return { tenantId, executionId, step, attempt };
}
