/**
 * A worker: declares its actions, takes tasks of their types, runs them, and keeps them by heartbeats while it does. When it stops it
 * finishes what it runs, or gives it back.
 */
import type { Action } from '../action.ts';
import { type Client, type ClientOptions, createClient, type RegistrySetActionParams } from '../client/index.ts';
import { answerTask } from './answer-task.ts';
import { createBell } from './bell.ts';
import { createHeart } from './heart.ts';
import { isFinal, pauseMs, sleep } from './patience.ts';
import { isStopped, runTask } from './run-task.ts';
import type { ContextDeps, Task } from './task-context.ts';
import { createTaskLog } from './task-log.ts';
import { silent, type WorkerLogger } from './worker-log.ts';

export type WorkerOptions = Pick<ClientOptions, 'url' | 'apiKey' | 'token' | 'fetch'> & {
  readonly actions: readonly Action[];
  /** Tasks at once. Default 10. */
  readonly concurrency?: number;
  /** The name by which people see it. Default: `worker-` and four random characters. */
  readonly name?: string;
  /** Stops it, as `stop()` does. */
  readonly signal?: AbortSignal;
  /** What runs when it stops has so long to end. Default 30 seconds. */
  readonly drainMs?: number;
  /** How long a task is kept without a heartbeat: 5 seconds to 10 minutes. Default 30 seconds. */
  readonly leaseMs?: number;
  /** Where `context.credential` looks: credentials of the server are not given to workers. */
  readonly credential?: NonNullable<ContextDeps['credential']>;
  readonly logger?: WorkerLogger;
};

export type Worker = {
  /** Resolves when it was stopped and holds nothing any more. Throws what the server refuses: the key, or a declaration. */
  run(): Promise<void>;
  /** Takes nothing more; resolves with `run`. */
  stop(): Promise<void>;
  readonly running: number;
};

const WAIT_S = 20;
const MOST_AT_ONCE = 32;
/** What was told to stop reports within it, or is given back. */
const LAST_WORDS_MS = 2_000;
const GIVE_BACK_MS = 5_000;

export function createWorker(options: WorkerOptions): Worker {
  const { actions, concurrency = 10, drainMs = 30_000, leaseMs = 30_000, logger = silent } = options;
  const name = options.name ?? `worker-${Math.random().toString(36).slice(2, 6)}`;
  // Not its signal: what runs is answered after it has fired.
  const { signal, ...calls } = options;
  const client = createClient({ ...calls, logger });
  const byType = new Map(actions.map((action) => [action.type, action]));
  if (byType.size !== actions.length) throw new TypeError('two actions have the same type');
  const stopping = new AbortController();
  const closed = new AbortController();
  const lease = `${leaseMs}ms`;
  const heart = createHeart({ client, logger, lease, everyMs: leaseMs / 3 });
  const under = new Map<string, { readonly task: Task; readonly stop: AbortController }>();
  const deps = { fetch: options.fetch ?? fetch, credential: options.credential };
  const freed = createBell();
  let isDraining = false;
  let done: Promise<void> | null = null;
  signal?.addEventListener('abort', () => stopping.abort(), { once: true });
  if (signal?.aborted) stopping.abort();

  async function work(task: Task): Promise<void> {
    const stop = new AbortController();
    under.set(task.id, { task, stop });
    const { execution_id, step, attempt, type, correlation_id } = task;
    const told = createTaskLog(logger, { execution_id, step, attempt, type, correlation_id });
    heart.keep(task, told, (reason) => stop.abort(reason));
    try {
      const action = byType.get(task.type) as Action;
      const outcome = await runTask(action, task, { ...deps, log: told.log, stopped: stop.signal });
      if (!under.has(task.id)) return; // given back meanwhile: another answers
      if (isStopped(outcome) && isDraining && task.delivery === 'at_least_once') return void (await giveBack([task]));
      heart.leave(task); // its last lines go with the answer
      await answerTask({ client, logger, signal: closed.signal, logs: told.take() }, task, outcome);
    } catch (error) {
      logger.warn({ error, task: task.id }, "a task could not be run; it is another's when its lease is over");
    } finally {
      heart.leave(task);
      under.delete(task.id);
      freed.ring();
    }
  }

  async function takeTasks(): Promise<void> {
    const types = [...byType.keys()];
    for (let failures = 0; !stopping.signal.aborted; ) {
      const room = Math.min(concurrency - under.size, MOST_AT_ONCE);
      if (room <= 0) {
        await Promise.race([freed.heard(), sleep(1_000, stopping.signal)]);
        continue;
      }
      try {
        const wanted = { worker: name, types, limit: room, wait: `${WAIT_S}s`, lease };
        const { tasks } = await client.tasks.claim(wanted, { signal: stopping.signal });
        failures = 0;
        for (const task of tasks) void work(task);
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (isFinal(error)) throw error;
        logger.warn({ error }, 'tasks could not be asked for; it is tried again');
        await sleep(pauseMs(failures), stopping.signal);
        failures += 1;
      }
    }
  }

  async function rest(): Promise<void> {
    const isEmpty = () => under.size === 0;
    await until(isEmpty, drainMs);
    isDraining = true;
    for (const { stop } of under.values()) stop.abort(new Error('The worker stops'));
    await until(isEmpty, LAST_WORDS_MS);
    // What may run at most once may have had its effect: it is left, and ends as unknown.
    const left = [...under.values()].flatMap(({ task }) => (task.delivery === 'at_least_once' ? task : []));
    under.clear();
    if (left.length > 0) await giveBack(left);
  }

  async function giveBack(left: readonly Task[]): Promise<void> {
    const tasks = left.map(({ id, lease_token }) => ({ id, lease_token }));
    try {
      await client.tasks.release({ tasks }, { timeoutMs: GIVE_BACK_MS });
    } catch (error) {
      logger.warn({ error }, "tasks could not be given back; they are others' when their leases are over");
    }
  }

  async function until(holds: () => boolean, withinMs: number): Promise<void> {
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), withinMs);
    const isOver = sleep(withinMs * 2, over.signal);
    while (!holds() && !over.signal.aborted) await Promise.race([freed.heard(), isOver]);
    clearTimeout(timer);
    over.abort();
  }

  async function run(): Promise<void> {
    try {
      await declare(client, actions, { logger, signal: stopping.signal });
      logger.info({ worker: name, types: [...byType.keys()] }, 'the worker takes tasks');
      await takeTasks();
    } finally {
      stopping.abort();
      await rest();
      heart.close();
      closed.abort();
    }
  }

  return {
    run() {
      done ??= run();
      return done;
    },
    async stop() {
      stopping.abort();
      await done?.catch(() => undefined); // it is the caller of `run` who hears of it
    },
    get running() {
      return under.size;
    },
  };
}

type Declaring = { readonly logger: WorkerLogger; readonly signal: AbortSignal };

async function declare(client: Client, actions: readonly Action[], { logger, signal }: Declaring): Promise<void> {
  for (const action of actions) {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await client.registry.setAction(action.type, declarationOf(action), { signal });
        break;
      } catch (error) {
        if (signal.aborted) return;
        if (isFinal(error)) throw error;
        logger.warn({ error, type: action.type }, 'an action could not be declared; it is tried again');
        await sleep(pauseMs(failures), signal);
      }
    }
  }
}

function declarationOf({
  title,
  description,
  version,
  config,
  output,
  errors,
  defaultTimeoutMs,
  effect,
}: Action): RegistrySetActionParams {
  return {
    version,
    title,
    description,
    config_schema: config,
    output_schema: output,
    errors,
    default_timeout_ms: defaultTimeoutMs,
    effect,
  };
}
