/** The actions of a project: the default exports of its files `*.action.ts`. */
import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Action } from '@cloudflow/sdk/index.ts';
import { Failure } from '../failure/failure.ts';

export async function findActionFiles(project: string, folder: string): Promise<readonly string[]> {
  const root = resolve(project, folder);
  if (!existsSync(root)) return [];
  const found: string[] = [];
  const exclude = (name: string) => name.includes('node_modules');
  for await (const each of glob('**/*.action.{ts,mts,js,mjs}', { cwd: root, exclude })) found.push(join(root, each));
  return found.sort();
}

export async function loadActions(files: readonly string[]): Promise<readonly Action[]> {
  return Promise.all(files.map(loadAction));
}

async function loadAction(file: string): Promise<Action> {
  const broken = (why: string, cause?: unknown) =>
    new Failure(`${file}: ${why}`, {
      ending: 'validation',
      code: 'broken_program',
      remedy: 'Its default export is `defineAction({ … })`.',
      cause,
    });
  try {
    const { default: exported } = (await import(pathToFileURL(file).href)) as { readonly default?: Partial<Action> };
    if (typeof exported?.type === 'string' && typeof exported.run === 'function') return exported as Action;
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error), error);
  }
  throw broken('it has no action as its default export.');
}
