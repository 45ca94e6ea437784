/**
 * One thread of the sandbox, seen from the event loop: one function at a time. A function that ran out of time or memory
 * takes its thread with it, because its virtual machine may be damaged and does not give memory back.
 */
import { Worker } from 'node:worker_threads';
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import { type FunctionCall, type FunctionReply, ready } from './message.ts';
import { functionAborted, functionLate, functionOutcome, threadLost } from './outcome.ts';

export type SandboxThread = {
  hasStarted(): boolean;
  isIdle(): boolean;
  /** Only when idle; `settle` is called exactly once. */
  run(call: FunctionCall, settle: (outcome: AttemptOutcome) => void): void;
  /** Ends the thread; what runs settles with `outcome`. */
  end(outcome: AttemptOutcome): void;
  /** Resolves when it is gone. */
  readonly ended: Promise<unknown>;
};

export type ThreadHooks = {
  onIdle(): void;
  /** Once, also after `end`; with what happened when the thread ended by itself. */
  onGone(problem?: string): void;
};

/** On top of a function's own timeout, which the thread keeps itself, before it is ended from outside. */
const graceMs = 1_000;
const startMs = 30_000;
/** Longer ones would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

type Settle = (outcome: AttemptOutcome) => void;

export function createSandboxThread({ onIdle, onGone }: ThreadHooks): SandboxThread {
  const worker = startWorker();
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  let state: 'starting' | 'idle' | 'busy' | 'gone' = 'starting';
  let started = false;
  let settleRunning: Settle | undefined;
  let timer: NodeJS.Timeout | undefined;

  const settle = (outcome: AttemptOutcome): void => {
    clearTimeout(timer);
    const running = settleRunning;
    settleRunning = undefined;
    running?.(outcome);
  };
  const leave = (outcome: AttemptOutcome, problem?: string): void => {
    if (state === 'gone') return;
    state = 'gone';
    settle(outcome);
    void worker.terminate();
    onGone(problem);
  };

  timer = setTimeout(() => leave(functionAborted, 'it did not start'), startMs).unref();
  worker.on('error', (error) => leave(threadLost(error), error.message));
  worker.on('exit', () => leave(threadLost(new Error()), 'it exited'));
  worker.on('message', (message: FunctionReply | typeof ready) => {
    if (state === 'gone') return;
    started = true;
    if (message === ready) clearTimeout(timer);
    else settle(functionOutcome(message));
    if (message !== ready && 'error' in message && message.recycle) return leave(functionAborted);
    state = 'idle';
    onIdle();
  });

  return {
    hasStarted: () => started,
    isIdle: () => state === 'idle',
    run(call, done) {
      state = 'busy';
      settleRunning = done;
      const late = (): void => {
        // Answers that wait in the event loop come first: a busy main thread must not be taken for a late function.
        setImmediate(() => settleRunning === done && leave(functionLate(call.timeoutMs)));
      };
      timer = setTimeout(late, Math.min(call.timeoutMs + graceMs, maxTimerMs)).unref();
      worker.postMessage(call);
    },
    end: (outcome) => leave(outcome),
    ended,
  };
}

function startWorker(): Worker {
  const worker = new Worker(new URL('./sandbox-thread.ts', import.meta.url), {
    execArgv: [],
    env: {},
    // The native stack must outlast the interpreter's own, so that deep recursion is an error and not a crash.
    resourceLimits: { stackSizeMb: 16, maxOldGenerationSizeMb: 512 },
  });
  worker.unref();
  return worker;
}
