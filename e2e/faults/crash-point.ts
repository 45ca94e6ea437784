/**
 * Where a process is killed: the n-th time that it passes a place at its own boundary, armed from outside by a file. The product
 * knows nothing of it: crash-preload.ts, loaded before it, watches what it says to PostgreSQL, to the world and to its clients.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A statement, found by its name and text: `before` it is sent, `sent` but not answered, `answered` but not told to the product;
 * of the transaction that holds it, before COMMIT is sent (`committing`) and when it is answered (`committed`).
 */
export type StatementPlace = {
  readonly statement: string;
  readonly moment: 'before' | 'sent' | 'answered' | 'committing' | 'committed';
};

/** A call of a step, found by its path: `before` it leaves, or when its answer has come and nobody has read it. */
export type EffectPlace = { readonly effect: string; readonly moment: 'before' | 'answered' };

/** A timer of the process rings: the function that it calls. */
export type TimerPlace = { readonly timer: string };

/** The answer to a client is ready and not written: the method and the beginning of the path that it asked. */
export type AnswerPlace = { readonly answer: string };

export type CrashPlace = StatementPlace | EffectPlace | TimerPlace | AnswerPlace;

/** `passage`: how many times it is passed before; the first passage kills when absent. */
export type Armed = { readonly name: string; readonly place: CrashPlace; readonly passage?: number };

/** The variable that tells a process where its points are armed. */
export const folderVariable = 'CRASH_POINT_FOLDER';

const armedFile = (folder: string) => join(folder, 'armed.json');
const reachedFile = (folder: string) => join(folder, 'reached');

/** What a process is given so that it can be armed. */
export function crashEnvironment(folder: string): Readonly<Record<string, string>> {
  const preload = fileURLToPath(new URL('./crash-preload.ts', import.meta.url));
  return { NODE_OPTIONS: `--import ${preload}`, [folderVariable]: folder };
}

export function arm(folder: string, armed: Armed): void {
  rmSync(reachedFile(folder), { force: true });
  writeFileSync(armedFile(folder), JSON.stringify(armed));
}

/** The name of the point that has killed, since it was armed. */
export function reachedPoint(folder: string): string | null {
  return existsSync(reachedFile(folder)) ? readFileSync(reachedFile(folder), 'utf8') : null;
}

/** What is armed now; null: nothing. */
export function readArmed(folder: string): Armed | null {
  try {
    return JSON.parse(readFileSync(armedFile(folder), 'utf8')) as Armed;
  } catch {
    return null;
  }
}

/** Says where, on disk, and dies: nothing runs after this line. Armed no more, so that the next process lives. */
export function dieHere(folder: string, name: string): void {
  writeFileSync(reachedFile(folder), name);
  rmSync(armedFile(folder), { force: true });
  process.kill(process.pid, 'SIGKILL');
}
