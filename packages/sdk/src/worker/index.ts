/** Runs actions of one's own: `createWorker({ url, apiKey, actions }).run()`. Wherever there is `fetch`; Node from 20 on. */
export { createWorker, type Worker, type WorkerOptions } from './create-worker.ts';
export type { WorkerLogger } from './worker-log.ts';
