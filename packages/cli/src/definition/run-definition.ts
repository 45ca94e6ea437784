/**
 * Runs a program that makes a definition, in a thread of its own: what it imports is read anew each time, and what it does to
 * the process (an exit, an endless loop) ends there.
 */
import { Worker } from 'node:worker_threads';
import type { Json } from '@cloudflow/core/json.ts';
import { Failure } from '../failure/failure.ts';

export type Made = { readonly definition: Json } | { readonly error: string };

/** Imports and building take milliseconds; who needs longer waits for something that will not come. */
const longestMs = 30_000;

export async function runDefinition(path: string, name: string): Promise<Json> {
  const thread = new URL('./definition-thread.ts', import.meta.url);
  const worker = new Worker(thread, { workerData: path, stdout: true, stderr: false });
  // What it prints is talk, and stdout is for data.
  worker.stdout.pipe(process.stderr, { end: false });
  const made = await outcome(worker);
  await worker.terminate();
  if ('definition' in made) return made.definition;
  throw new Failure(`${name}: ${made.error}`, {
    ending: 'validation',
    code: 'broken_program',
    remedy: 'A file of TypeScript has a workflow as its default export: `export default workflow(…)….build()`.',
  });
}

function outcome(worker: Worker): Promise<Made> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve({ error: `made no workflow within ${longestMs / 1000} seconds.` }),
      longestMs,
    );
    const end = (made: Made) => {
      clearTimeout(timer);
      resolve(made);
    };
    worker.once('message', end);
    worker.once('error', (error) => end({ error: error instanceof Error ? error.message : String(error) }));
    worker.once('exit', (code) => end({ error: `ended with ${code} before it had made a workflow.` }));
  });
}
