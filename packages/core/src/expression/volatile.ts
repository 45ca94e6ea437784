/** Whether an expression reads the time or makes an id, so that its value must be recorded for a replay. */
import { calleeOf, type Environment } from './environment.ts';
import { childrenOf, type Node } from './syntax.ts';

export function isVolatile(node: Node, environment: Environment): boolean {
  if (node.kind === 'call' && calleeOf(environment, node).candidates.some((candidate) => candidate.volatile))
    return true;
  return childrenOf(node).some((child) => isVolatile(child, environment));
}
