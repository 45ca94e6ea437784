/**
 * Makes a directory and those above it, level by level. Not `mkdir` with `recursive`: where the system says of a directory
 * that is there that it is not (below /proc), Node tries again for ever, and no signal is heard.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** `path` is absolute; `mode` is for the directories that are made. Throws the system's error at the first level that cannot be. */
export function makeDirectories(path: string, mode: number): void {
  if (isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectories(parent, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (!isDirectory(path)) throw error; // otherwise another process was quicker
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
