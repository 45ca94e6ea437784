/** What every part of the static check works with. */
import { type Environment, withLocals } from './environment.ts';
import type { ExpressionIssue, StaticType } from './expression.ts';
import type { Node } from './syntax.ts';

/** One check: what names mean, and where its findings go. */
export type Check = {
  readonly environment: Environment;
  readonly issues: ExpressionIssue[];
  /** Checks any node. Handed on as a value: the files of the check would import each other. */
  readonly check: (check: Check, node: Node) => StaticType;
};

export function checkNode(check: Check, node: Node): StaticType {
  return check.check(check, node);
}

export function report(check: Check, issue: ExpressionIssue): void {
  check.issues.push(issue);
}

type Need = { readonly types: readonly StaticType[]; readonly by: string };

/** Checks a node that must be of one of some types. */
export function require(check: Check, node: Node, { types, by }: Need): StaticType {
  const type = checkNode(check, node);
  if (type !== 'dyn' && !types.includes(type)) {
    report(check, {
      code: 'expression_type',
      message: `${by} takes ${types.join(' or ')}, but this is ${type}`,
      position: node.start,
    });
  }
  return type;
}

/** The same check inside the body of a comprehension. */
export function inside(check: Check, variables: readonly string[]): Check {
  return { ...check, environment: withLocals(check.environment, variables) };
}
