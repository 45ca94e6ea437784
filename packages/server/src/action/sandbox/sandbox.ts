/**
 * The sandbox: functions of users on threads beside the event loop, in the order they came. Threads start with the first
 * call and never keep the process alive.
 */
import type { Json } from '@cloudflow/core/json.ts';
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { FunctionCall } from './message.ts';
import { functionAborted, unavailable } from './outcome.ts';
import { createSandboxThread, type SandboxThread } from './thread.ts';

export type SandboxLimits = {
  readonly threads: number;
  /** Calls that wait for a thread; over it they end with `overloaded`. */
  readonly maxQueued: number;
  /** A call that waited so long for a thread ends with `overloaded`; its own timeout begins when it runs. */
  readonly maxQueueMs: number;
  /** Of a result, as JSON. */
  readonly maxResultBytes: number;
};

export const defaultSandboxLimits: SandboxLimits = {
  threads: 2,
  maxQueued: 20_000,
  maxQueueMs: 30_000,
  maxResultBytes: 1024 * 1024,
};

export type FunctionRun = {
  readonly code: string;
  readonly input: Json;
  readonly timeoutMs: number;
  /** 8 to 256. */
  readonly memoryMb: number;
  /** Milliseconds since the epoch: `ctx.now`, and what `Date` shows. */
  readonly now: number;
  readonly seed: string;
  readonly signal: AbortSignal;
};

export type SandboxDeps = { readonly log: Logger; readonly limits?: Partial<SandboxLimits> };

export type Sandbox = {
  /** Never rejects. Codes: function_error, timeout, out_of_memory, output_too_large, overloaded, aborted. */
  runFunction(run: FunctionRun): Promise<AttemptOutcome>;
  close(): Promise<void>;
};

const minMemoryMb = 8;
const maxMemoryMb = 256;

/** A call that waits for a thread. */
type Job = { readonly call: FunctionCall; begin(thread: SandboxThread): void; settle(outcome: AttemptOutcome): void };

export function createSandbox({ log, limits: given }: SandboxDeps): Sandbox {
  const limits = { ...defaultSandboxLimits, ...given };
  const queue = new Set<Job>();
  const threads = new Set<SandboxThread>();
  let isClosed = false;

  const pump = (): void => {
    for (const thread of threads) {
      const [job] = queue;
      if (!job) return;
      if (thread.isIdle()) job.begin(thread);
    }
    const starting = [...threads].filter((thread) => !thread.hasStarted()).length;
    if (!isClosed && queue.size > starting && threads.size < limits.threads) start();
  };

  const start = (): void => {
    const thread = createSandboxThread({
      onIdle: pump,
      onGone: (problem) => {
        threads.delete(thread);
        if (problem) log.warn({ component: 'sandbox', problem }, 'a thread of the sandbox ended by itself');
        // Another one would not start either: those who wait are told, instead of trying without end.
        if (!thread.hasStarted()) for (const job of [...queue]) job.settle(unavailable('The sandbox does not start'));
        pump();
      },
    });
    threads.add(thread);
  };

  const enqueue = (run: FunctionRun, resolve: (outcome: AttemptOutcome) => void): void => {
    let runsOn: SandboxThread | undefined;
    const settle = (outcome: AttemptOutcome): void => {
      queue.delete(job);
      clearTimeout(patience);
      run.signal.removeEventListener('abort', abort);
      resolve(outcome);
    };
    const begin = (thread: SandboxThread): void => {
      queue.delete(job);
      clearTimeout(patience);
      runsOn = thread;
      thread.run(job.call, settle);
    };
    const abort = (): void => (runsOn ? runsOn.end(functionAborted) : settle(functionAborted));
    const job: Job = { call: callOf(run, limits), begin, settle };
    const giveUp = (): void => settle(unavailable('The function waited too long to run'));
    const patience = setTimeout(giveUp, limits.maxQueueMs).unref();
    run.signal.addEventListener('abort', abort, { once: true });
    queue.add(job);
    pump();
  };

  return {
    async runFunction(run) {
      if (run.signal.aborted || isClosed) return functionAborted;
      if (queue.size >= limits.maxQueued) return unavailable('Too many functions wait to run');
      return new Promise((resolve) => enqueue(run, resolve));
    },
    async close() {
      isClosed = true;
      for (const job of [...queue]) job.settle(functionAborted);
      const ended = [...threads].map((thread) => {
        thread.end(functionAborted);
        return thread.ended;
      });
      await Promise.all(ended);
    },
  };
}

function callOf(run: FunctionRun, { maxResultBytes }: SandboxLimits): FunctionCall {
  const memoryMb = Math.min(maxMemoryMb, Math.max(minMemoryMb, Math.ceil(run.memoryMb)));
  const { code, timeoutMs, now, seed } = run;
  return { code, input: JSON.stringify(run.input), timeoutMs, memoryMb, now, seed, maxResultBytes };
}
