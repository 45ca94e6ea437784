/** The thread of run-definition.ts. */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { lendOwnPackages } from '../project/own-packages.ts';
import type { Made } from './run-definition.ts';

lendOwnPackages();
parentPort?.postMessage(await make(String(workerData)));

async function make(path: string): Promise<Made> {
  try {
    const { default: exported } = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    if (typeof exported !== 'object' || exported === null) return { error: 'has no workflow as its default export.' };
    // A workflow whose last `.build()` was left out is meant all the same.
    const built =
      'build' in exported && typeof exported.build === 'function' ? (exported.build() as unknown) : exported;
    return { definition: JSON.parse(JSON.stringify(built)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
