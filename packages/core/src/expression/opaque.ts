/**
 * Names whose fields are texts that are not known yet when an expression is evaluated, such as `secrets`: a stand-in takes
 * their place, and is replaced later. So they may be joined to other texts, or chosen between, and nothing else.
 */
import { type Environment, slotOf } from './environment.ts';
import type { ExpressionIssue } from './expression.ts';
import { childrenOf, type Node } from './syntax.ts';

/** Where a field of such a name is used for something else. */
export function checkOpaque(
  node: Node,
  environment: Environment,
  opaque: readonly string[],
): readonly ExpressionIssue[] {
  if (!opaque.some((name) => environment.names.has(name))) return [];
  const issues: ExpressionIssue[] = [];
  visit(node, true);
  return issues;

  function visit(at: Node, mayBe: boolean): void {
    const name = opaqueName(at);
    if (name !== undefined) return isField(at) && mayBe ? undefined : refuse(at, name);
    if (at.kind === 'binary' && at.operator === '+') {
      visit(at.left, mayBe);
      return visit(at.right, mayBe);
    }
    if (at.kind === 'conditional') {
      visit(at.test, false);
      visit(at.yes, mayBe);
      return visit(at.no, mayBe);
    }
    for (const child of childrenOf(at)) visit(child, false);
  }

  /** The name, when the node is it or one of its fields. */
  function opaqueName(at: Node): string | undefined {
    const root = at.kind === 'select' || at.kind === 'index' ? at.target : at;
    if (root.kind !== 'name' || !opaque.includes(root.name)) return undefined;
    return environment.names.has(root.name) && slotOf(environment, root.name) < 0 ? root.name : undefined;
  }

  function isField(at: Node): boolean {
    if (at.kind === 'select') return !at.optional;
    return at.kind === 'index' && !at.optional && at.index.kind === 'literal' && typeof at.index.value === 'string';
  }

  function refuse(at: Node, name: string): void {
    issues.push({
      code: 'expression_type',
      position: at.start,
      message: `write \`${name}.NAME\`, alone or joined to text with \`+\`: its value is put in only when it is sent, so nothing can be computed from it`,
    });
  }
}
