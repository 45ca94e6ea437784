/** How long files and functions are: lines of code, without blank lines and comments. */
import { type Node, parseSync, visitorKeys } from 'oxc-parser';

export type FunctionSize = { readonly name: string; readonly line: number; readonly lines: number };
export type FileSize = { readonly path: string; readonly lines: number; readonly functions: readonly FunctionSize[] };

/**
 * A function is as long as its own lines: those of the functions inside it are theirs. A factory that returns an object of
 * methods would else be as long as all it makes.
 */
export function measure(path: string, text: string): FileSize {
  const { program, comments } = parseSync(path, text, { sourceType: 'module', preserveParens: false });
  const code = codeLines(text, comments);
  const functions: FunctionSize[] = [];
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;

  /** The lines with code from `start` to `end`, both counted from 1. */
  const count = (start: number, end: number) => code.slice(start - 1, end).filter(Boolean).length;

  /** Answers the lines that the functions in and under `node` take together. */
  const visit = (node: Node, parent: Node | undefined): number => {
    const inner = childrenOf(node).reduce((sum, child) => sum + visit(child, node), 0);
    if (!isFunction(node)) return inner;
    const line = lineOf(node.start);
    const all = count(line, lineOf(node.end));
    // An inner function on a shared line takes none away: it is no longer than the line that it is in.
    if (all > 1) functions.push({ name: nameOf(node, parent), line, lines: all - inner });
    return Math.max(all - 1, 0);
  };
  visit(program, undefined);
  return { path, lines: code.filter(Boolean).length, functions };
}

function isFunction(node: Node): boolean {
  if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression') return node.body !== null;
  return node.type === 'ArrowFunctionExpression';
}

function nameOf(node: Node, parent: Node | undefined): string {
  const named = [node, parent].flatMap((each) => {
    const fields = each as { id?: Node | null; key?: Node | null } | undefined;
    const name = fields?.id ?? fields?.key;
    return name?.type === 'Identifier' || name?.type === 'PrivateIdentifier' ? [name.name] : [];
  });
  return named[0] ?? '(unnamed)';
}

function childrenOf(node: Node): Node[] {
  const fields = node as unknown as Record<string, Node | (Node | null)[] | null | undefined>;
  return (visitorKeys[node.type] ?? []).flatMap((key) => [fields[key]].flat().filter((child) => child != null));
}

/** For each line, whether anything but white space and comments is on it. */
function codeLines(text: string, comments: readonly { readonly start: number; readonly end: number }[]): boolean[] {
  let rest = text;
  for (const { start, end } of comments)
    rest = rest.slice(0, start) + rest.slice(start, end).replace(/[^\n]/g, ' ') + rest.slice(end);
  return rest.split('\n').map((line) => line.trim() !== '');
}
