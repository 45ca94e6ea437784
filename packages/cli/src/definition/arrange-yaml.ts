/** Puts the fields of a YAML text in the order of another value, with the comments that stand at them. */
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';
import { type Document, isMap, isNode, isPair, isSeq, type Node, type Pair } from 'yaml';

export function arrangeYaml(tree: Document, order: Json): void {
  keepHeadComment(tree, order);
  arrange(tree.contents, order);
}

/** What stands above the first field is about the file: it stays there when another field becomes the first. */
function keepHeadComment(tree: Document, order: Json): void {
  const first = isMap(tree.contents) ? tree.contents.items[0] : undefined;
  if (!isPair(first) || !isNode(first.key) || !isJsonObject(order) || nameOf(first.key) === Object.keys(order)[0])
    return;
  const { commentBefore } = first.key;
  if (typeof commentBefore !== 'string') return;
  tree.commentBefore = [tree.commentBefore, commentBefore].filter((each) => typeof each === 'string').join('\n');
  first.key.commentBefore = null;
}

function arrange(node: unknown, order: Json): void {
  if (isMap(node) && isJsonObject(order)) {
    const names = Object.keys(order);
    const place = ({ key }: Pair) => {
      const at = names.indexOf(nameOf(key));
      return at < 0 ? names.length : at;
    };
    const first = node.items[0];
    node.items.sort((a, b) => place(a) - place(b));
    keepHead(first, node.items[0]);
    for (const item of node.items) if (isPair(item)) arrange(item.value, order[nameOf(item.key)] ?? null);
  } else if (isSeq(node) && Array.isArray(order)) {
    for (const [at, item] of node.items.entries()) arrange(item, (order as readonly Json[])[at] ?? null);
  }
}

/** A blank line before a field that has become the first would stand at the top. */
function keepHead(before: Pair | undefined, now: Pair | undefined): void {
  if (before === now || now === undefined) return;
  const key = now.key as Node | null;
  if (key !== null && typeof key === 'object' && 'spaceBefore' in key) key.spaceBefore = false;
}

function nameOf(key: unknown): string {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : String(key);
}
