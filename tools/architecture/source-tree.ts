/** All files that the rules look at. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseSource, type SourceFile } from './source-file.ts';

const FOLDERS = ['packages', 'e2e', 'bench', 'tools'];

/** Parses each TypeScript file under `root`, in the order of paths. */
export function readTree(root: string): SourceFile[] {
  return FOLDERS.flatMap((folder) => filesIn(root, folder))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

function filesIn(root: string, folder: string): string[] {
  const entries = readFolder(join(root, folder));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`.split(sep).join('/');
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(root, path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function readFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
