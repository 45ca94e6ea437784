/** The heartbeat of a worker: one request for all that it runs, and what it hears of them. */
import type { Client } from '../client/index.ts';
import type { Task } from './task-context.ts';
import type { TaskLog } from './task-log.ts';
import type { WorkerLogger } from './worker-log.ts';

export type HeartDeps = {
  readonly client: Client;
  readonly logger: WorkerLogger;
  readonly lease: string;
  readonly everyMs: number;
};

export type Heart = {
  /** `stop` is called when the task is not wanted any more, or somebody else's. */
  keep(task: Task, log: Pick<TaskLog, 'take'>, stop: (reason: Error) => void): void;
  leave(task: Task): void;
  close(): void;
};

const MOST_AT_ONCE = 500;

type Kept = {
  readonly token: string;
  readonly log: Pick<TaskLog, 'take'>;
  readonly stop: (reason: Error) => void;
};

export function createHeart({ client, logger, lease, everyMs }: HeartDeps): Heart {
  const kept = new Map<string, Kept>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let closed = false;

  async function beat(): Promise<void> {
    // Lines of a heartbeat that is lost are lost: a repeat would show them twice.
    const all = [...kept].map(([id, { token, log }]) => {
      const logs = log.take();
      return { id, lease_token: token, ...(logs.length === 0 ? {} : { logs }) };
    });
    try {
      for (let at = 0; at < all.length; at += MOST_AT_ONCE) {
        const tasks = all.slice(at, at + MOST_AT_ONCE);
        const heard = await client.tasks.heartbeat({ tasks, lease }, { timeoutMs: everyMs });
        for (const { id, state } of heard.tasks) {
          if (state === 'cancel') kept.get(id)?.stop(new Error('The task is not wanted any more'));
          if (state === 'gone') kept.get(id)?.stop(new Error("The task is somebody else's"));
        }
      }
      schedule(everyMs);
    } catch (error) {
      logger.warn({ error, tasks: all.length }, 'a heartbeat could not be sent; it is tried again');
      schedule(everyMs / 4);
    }
  }

  function schedule(ms: number): void {
    if (timer !== null) clearTimeout(timer);
    timer = closed || kept.size === 0 ? null : setTimeout(() => void beat(), ms);
  }

  return {
    keep(task, log, stop) {
      kept.set(task.id, { token: task.lease_token, log, stop });
      if (timer === null) schedule(everyMs);
    },
    leave: ({ id }) => void kept.delete(id),
    close() {
      closed = true;
      kept.clear();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
