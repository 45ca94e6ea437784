/** What names mean at one place of an expression. */
import { globals, methods, namespaces } from './registry.ts';
import type { LanguageFunction } from './signature.ts';
import type { Call, Node } from './syntax.ts';
import { type TypeValue, typeNames } from './value.ts';

export type Environment = {
  /** The root names that the caller allows. */
  readonly names: ReadonlySet<string>;
  /** The variables of the comprehensions around, outermost first. An index in here is a slot at run time. */
  readonly locals: readonly string[];
};

export function withLocals(environment: Environment, variables: readonly string[]): Environment {
  return { names: environment.names, locals: [...environment.locals, ...variables] };
}

/** The slot of the innermost variable of that name, or -1. */
export function slotOf(environment: Environment, name: string): number {
  return environment.locals.lastIndexOf(name);
}

export function isVariable(environment: Environment, name: string): boolean {
  return environment.names.has(name) || slotOf(environment, name) >= 0;
}

/** The type that a node names, such as `int` or `google.protobuf.Timestamp`, unless a variable has that name. */
export function namedType(environment: Environment, node: Node): TypeValue | undefined {
  if (node.kind === 'name') return isVariable(environment, node.name) ? undefined : typeNames.get(node.name);
  if (node.kind !== 'select' || node.optional) return undefined;
  const { target } = node;
  if (target.kind !== 'select' || target.optional || target.target.kind !== 'name') return undefined;
  if (isVariable(environment, target.target.name)) return undefined;
  return typeNames.get(`${target.target.name}.${target.field}.${node.field}`);
}

export type Callee = {
  /** As it is written: `math.abs`, `startsWith`. */
  readonly name: string;
  readonly candidates: readonly LanguageFunction[];
  /** The receiver first, where there is one. */
  readonly args: readonly Node[];
  readonly hasReceiver: boolean;
};

/** What a call calls. No candidates: there is no such function. */
export function calleeOf(environment: Environment, call: Call): Callee {
  const { target, name, args } = call;
  if (target === null) return { name, candidates: globals.get(name) ?? [], args, hasReceiver: false };
  if (target.kind === 'name' && namespaces.has(target.name) && !isVariable(environment, target.name)) {
    const full = `${target.name}.${name}`;
    return { name: full, candidates: globals.get(full) ?? [], args, hasReceiver: false };
  }
  return { name, candidates: methods.get(name) ?? [], args: [target, ...args], hasReceiver: true };
}
