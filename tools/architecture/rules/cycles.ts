/** No cycles: not between files, and not between services, where a pair of types is enough to make one. */
import type { SourceFile } from '../source-file.ts';
import type { Violation } from '../violation.ts';

type Edge = { readonly to: string; readonly path: string; readonly line: number };

export function checkCycles(files: readonly SourceFile[]): Violation[] {
  return [...cyclesBetween(fileEdges(files), 'files'), ...cyclesBetween(serviceEdges(files), 'services')];
}

/** Types alone make no cycle between files: a contract and what implements it may name each other. */
function fileEdges(files: readonly SourceFile[]): Map<string, Edge[]> {
  return new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap(({ target, typeOnly, line }) =>
        target === undefined || typeOnly ? [] : [{ to: target, path, line }],
      ),
    ]),
  );
}

function serviceEdges(files: readonly SourceFile[]): Map<string, Edge[]> {
  const edges = new Map<string, Edge[]>();
  for (const { path, place, imports } of files) {
    if (place.server?.layer !== 'service' || place.isTest) continue;
    const from = place.server.service;
    const out = edges.get(from) ?? [];
    edges.set(from, out);
    for (const { target, line } of imports) {
      const to = /^packages\/server\/src\/([^/]+)\//.exec(target ?? '')?.[1];
      if (to !== undefined && to !== from && to !== 'kernel') out.push({ to, path, line });
    }
  }
  return edges;
}

/** One violation for each import that closes a circle in a walk through the graph. */
function cyclesBetween(edges: ReadonlyMap<string, readonly Edge[]>, what: string): Violation[] {
  const found: Violation[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (node: string): void => {
    if (done.has(node)) return;
    way.push(node);
    for (const { to, path, line } of edges.get(node) ?? []) {
      const at = way.indexOf(to);
      if (at === -1) visit(to);
      else
        found.push({ path, line, message: `closes a cycle between ${what}: ${[...way.slice(at), to].join(' -> ')}` });
    }
    way.pop();
    done.add(node);
  };
  for (const node of [...edges.keys()].sort()) visit(node);
  return found;
}
