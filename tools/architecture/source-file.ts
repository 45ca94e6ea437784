/** One parsed file: what it imports, and a walk over its syntax tree. */
import { posix } from 'node:path';
import { type Node, parseSync, visitorKeys } from 'oxc-parser';
import { type Place, placeOf } from './place.ts';

export type Import = {
  /** As written. */
  readonly specifier: string;
  /** The file it means, from the root of the repository; undefined for a package of others and for Node's own. */
  readonly target: string | undefined;
  readonly line: number;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** The names that are imported as values. */
  readonly values: readonly string[];
};

export type SourceFile = {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly place: Place;
  readonly imports: readonly Import[];
  readonly comments: readonly { readonly text: string; readonly line: number }[];
  /** Set when the file is not valid TypeScript. */
  readonly parseError: string | undefined;
  /** Calls `visit` for each node with its parent, outermost first. */
  walk(visit: (node: Node, parent: Node | undefined) => void): void;
  lineOf(node: { readonly start: number }): number;
};

export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text, { sourceType: 'module', preserveParens: false });
  const lineAt = lineFinder(text);
  const dynamic = parsed.module.dynamicImports.flatMap(({ moduleRequest: { start, end } }): Import[] => {
    // A specifier that is not a plain text names no file that could be checked; import() of data is not used here.
    const specifier = /^(['"`])([^$]*)\1$/.exec(text.slice(start, end))?.[2];
    return specifier === undefined ? [] : [toImport(path, specifier, lineAt(start), false, ['*'])];
  });
  return {
    path,
    place: placeOf(path),
    imports: [...staticImports(path, parsed.module, lineAt), ...dynamic],
    comments: parsed.comments.map(({ value, start }) => ({ text: value, line: lineAt(start) })),
    parseError: parsed.errors[0]?.message,
    walk: (visit) => walkNode(parsed.program, undefined, visit),
    lineOf: ({ start }) => lineAt(start),
  };
}

type Module = ReturnType<typeof parseSync>['module'];

function staticImports(path: string, module: Module, lineAt: (offset: number) => number): Import[] {
  const imports = module.staticImports.map(({ moduleRequest, entries, start }) => {
    const values = entries.filter((entry) => !entry.isType).map((entry) => entry.importName.name ?? '*');
    const typeOnly = entries.length > 0 && values.length === 0;
    return toImport(path, moduleRequest.value, lineAt(start), typeOnly, values);
  });
  // `export … from` is an import for every rule here.
  const passedOn = module.staticExports.flatMap(({ entries, start }) => {
    const from = entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (!from) return [];
    const values = entries.filter((entry) => !entry.isType).map((entry) => entry.importName.name ?? '*');
    return [toImport(path, from.value, lineAt(start), values.length === 0, values)];
  });
  return [...imports, ...passedOn];
}

function toImport(path: string, specifier: string, line: number, typeOnly: boolean, values: string[]): Import {
  return { specifier, target: targetOf(path, specifier), line, typeOnly, values };
}

function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier);
  const workspace = /^@cloudflow\/([^/]+)\/(.+)$/.exec(specifier);
  return workspace ? `packages/${workspace[1]}/src/${workspace[2]}` : undefined;
}

function walkNode(node: Node, parent: Node | undefined, visit: (node: Node, parent: Node | undefined) => void): void {
  visit(node, parent);
  const fields = node as unknown as Record<string, Node | (Node | null)[] | null | undefined>;
  for (const key of visitorKeys[node.type] ?? []) {
    for (const child of [fields[key]].flat()) if (child) walkNode(child, node, visit);
  }
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
