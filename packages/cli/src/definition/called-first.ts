/** Definitions that call one another: a workflow must exist when one that calls it is published. */
import { parsePointer } from '@cloudflow/core/definition/pointer.ts';
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';

type Holder = { readonly document: Json };

/** The same definitions, each after those that it calls; in a circle as they were given. */
export function calledFirst<File extends Holder>(files: readonly File[]): readonly File[] {
  const ordered = new Set<File>();
  const begun = new Set<File>();
  const visit = (file: File): void => {
    if (begun.has(file)) return;
    begun.add(file);
    const called = calledBy(file.document);
    for (const each of files) if (called.has(idOf(each) ?? '')) visit(each);
    ordered.add(file);
  };
  for (const file of files) visit(file);
  return [...ordered];
}

/** Whether what an issue misses, a workflow or a version of one, comes with the same set. */
export function comesWith(
  files: readonly Holder[],
  { document }: Holder,
  { code, pointer }: { readonly code: string; readonly pointer: string },
): boolean {
  if (code !== 'unknown_workflow' && code !== 'unknown_version') return false;
  const config = valueAt(document, (parsePointer(pointer) ?? []).slice(0, -1));
  if (!isJsonObject(config)) return false;
  const { workflow_id: id, version } = config;
  return files.some(
    (each) => idOf(each) === id && (version === undefined || fieldOf(each.document, 'version') === version),
  );
}

function calledBy(document: Json): ReadonlySet<string> {
  const called = new Set<string>();
  const open: Json[] = [document];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const id = fieldOf(value, 'type') === 'sub_workflow' ? fieldOf(fieldOf(value, 'config'), 'workflow_id') : null;
    if (typeof id === 'string') called.add(id);
    open.push(...Object.values(value));
  }
  return called;
}

function idOf({ document }: Holder): string | undefined {
  const id = fieldOf(document, 'workflow_id');
  return typeof id === 'string' ? id : undefined;
}

function valueAt(document: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, key) => (Array.isArray(value) ? (value as readonly Json[])[Number(key)] : fieldOf(value, key)),
    document,
  );
}

function fieldOf(value: Json | undefined, field: string): Json | undefined {
  return value !== undefined && isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}
