/** The static paths that an expression reads, so that saving can check them against the steps that exist. */

import { calleeOf, type Environment, isVariable, namedType, slotOf, withLocals } from './environment.ts';
import type { Reference } from './expression.ts';
import { childrenOf, type Index, type Name, type Node, type Select } from './syntax.ts';

type Draft = {
  readonly root: Name;
  readonly path: (string | number)[];
  /** False behind the first part that is known only at run time. */
  isOpen: boolean;
  optional: boolean;
};

export function collectReferences(node: Node, environment: Environment): readonly Reference[] {
  const found: Reference[] = [];
  visit({ found, environment }, node);
  return found;
}

type Walk = { readonly found: Reference[]; readonly environment: Environment };

function visit(walk: Walk, node: Node): void {
  switch (node.kind) {
    case 'name':
    case 'select':
    case 'index':
    case 'has':
      return record(walk, draftOf(walk, node));
    case 'call':
      return visitAll(walk, calleeOf(walk.environment, node).args);
    case 'comprehension':
      visit(walk, node.target);
      return visitAll(inside(walk, node.variables), node.parts);
    case 'bind':
      visit(walk, node.value);
      return visit(inside(walk, [node.variable]), node.body);
    default:
      return visitAll(walk, childrenOf(node));
  }
}

function visitAll(walk: Walk, nodes: readonly Node[]): void {
  for (const node of nodes) visit(walk, node);
}

function inside(walk: Walk, variables: readonly string[]): Walk {
  return { found: walk.found, environment: withLocals(walk.environment, variables) };
}

function record({ found }: Walk, draft: Draft | null): void {
  if (draft === null) return;
  const { root, path, optional } = draft;
  found.push({ name: root.name, path, position: root.start, optional });
}

/** The path that ends in this node, or null when it does not begin at a root name; then its parts have been visited. */
function draftOf(walk: Walk, node: Node): Draft | null {
  const { environment } = walk;
  switch (node.kind) {
    case 'name': {
      const isRoot = isVariable(environment, node.name) && slotOf(environment, node.name) < 0;
      return isRoot ? { root: node, path: [], isOpen: true, optional: false } : null;
    }
    case 'select':
      return namedType(environment, node) === undefined ? selectDraft(walk, node) : null;
    case 'index':
      return keyDraft(walk, node, node.optional);
    case 'has':
      return keyDraft(walk, { target: node.target, index: node.key }, true);
    default:
      visit(walk, node);
      return null;
  }
}

function selectDraft(walk: Walk, { target, field, optional }: Select): Draft | null {
  const draft = draftOf(walk, target);
  if (draft === null) return null;
  if (draft.isOpen) draft.path.push(field);
  draft.optional ||= optional;
  return draft;
}

function keyDraft(walk: Walk, { target, index }: Pick<Index, 'target' | 'index'>, optional: boolean): Draft | null {
  const draft = draftOf(walk, target);
  const key = index.kind === 'literal' ? index.value : undefined;
  if (key === undefined) visit(walk, index);
  if (draft === null) return null;
  if (typeof key !== 'string' && typeof key !== 'number') draft.isOpen = false;
  else if (draft.isOpen) draft.path.push(key);
  draft.optional ||= optional;
  return draft;
}
