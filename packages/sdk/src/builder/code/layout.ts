/** Code as a tree, printed on one line where it fits and indented where it does not. */

export type Code = string | Group | Chain;
/** `{ a, b }`, `[a, b]` or `f(a, b)`. */
export type Group = { readonly open: string; readonly items: readonly Code[]; readonly close: string };
/** `head.call(…).call(…)`, each call on a line of its own when there are several. */
export type Chain = { readonly head: string; readonly calls: readonly Code[] };

const width = 110;
const step = '  ';

export function layOut(code: Code, indent = ''): string {
  return laid(code, { indent, before: 0 });
}

export function object(items: readonly Code[]): Group {
  return { open: '{', items, close: '}' };
}

/** The same code with text in front of it. */
export function prefixed(text: string, code: Code): Code {
  if (typeof code === 'string') return text + code;
  return 'head' in code ? { ...code, head: text + code.head } : { ...code, open: text + code.open };
}

type Place = { readonly indent: string; readonly before: number };

function laid(code: Code, { indent, before }: Place): string {
  const room = width - indent.length - before;
  const line = flat(code, room);
  if (line !== undefined && line.length <= room) return line;
  if (typeof code === 'string') return code;
  return 'head' in code ? laidChain(code, indent) : laidGroup(code, indent);
}

function laidGroup({ open, items, close }: Group, indent: string): string {
  // A call with one argument that is a group itself needs no line for its brackets.
  const [only, ...more] = items;
  if (only !== undefined && more.length === 0 && typeof only !== 'string' && open.endsWith('('))
    return `${open}${laid(only, { indent, before: open.length })}${close}`;
  const inner = indent + step;
  const lines = items.map((item) => `${inner}${laid(item, { indent: inner, before: 1 })},\n`);
  return `${open}\n${lines.join('')}${indent}${close}`;
}

function laidChain({ head, calls }: Chain, indent: string): string {
  const inner = indent + step;
  return [head, ...calls.map((call) => `${inner}${laid(call, { indent: inner, before: 0 })}`)].join('\n');
}

/** On one line; undefined when it is certainly longer than that, or has to be read line by line. */
function flat(code: Code, room: number): string | undefined {
  if (room < 0) return undefined;
  if (typeof code === 'string') return code.includes('\n') ? undefined : code;
  const isChain = 'head' in code;
  if (isChain && code.calls.length > 1) return undefined;
  const parts: string[] = [];
  let left = room;
  for (const each of isChain ? code.calls : code.items) {
    const part = flat(each, left);
    if (part === undefined) return undefined;
    left -= part.length;
    parts.push(part);
  }
  if (isChain) return code.head + parts.join('');
  const pad = code.open.endsWith('{') && parts.length > 0 ? ' ' : '';
  return `${code.open}${pad}${parts.join(', ')}${pad}${code.close}`;
}
