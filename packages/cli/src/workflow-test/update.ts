/** Writes what the runs gave in place of what cases expect, and leaves everything else of a file as it was. */
import { writeFile } from 'node:fs/promises';
import { parsePointer } from '@cloudflow/core/definition/pointer.ts';
import type { FileResult } from './run-cases.ts';

/** How many expectations were replaced. Those that hold only a part of a value, and assertions, stay: they are a decision. */
export async function updateFile({ file, cases }: FileResult): Promise<number> {
  const { source, path } = file.file;
  if (source === undefined || path === undefined) return 0;
  let replaced = 0;
  for (const { index, mismatches } of cases) {
    for (const { field, actual } of mismatches) {
      if (actual === undefined) continue;
      source.tree.setIn(['cases', index, 'expect', ...(parsePointer(field) ?? [])], source.tree.createNode(actual));
      replaced += 1;
    }
  }
  if (replaced === 0) return 0;
  const text = source.isJson
    ? `${JSON.stringify(source.tree.toJS(), null, 2)}\n`
    : source.tree.toString({ lineWidth: 120 });
  await writeFile(path, text);
  return replaced;
}
