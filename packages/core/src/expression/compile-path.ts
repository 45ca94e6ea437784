/** Names, fields and indexes to code. A path of constants is one closure, however long it is. */
import type { Evaluation } from './budget.ts';
import { type Code, type Compilation, compileNode, written } from './code.ts';
import { namedType, slotOf } from './environment.ts';
import { ExpressionError } from './expression.ts';
import { canHold, fieldOf, keyFor, missingField, optionalField } from './field.ts';
import type { Has, Index, Name, Node, Select } from './syntax.ts';
import { Optional, typeOf, type Value } from './value.ts';

export function compileName(compilation: Compilation, { name }: Pick<Name, 'name'>): Code {
  const { environment } = compilation;
  const slot = slotOf(environment, name);
  if (slot >= 0) return (evaluation) => evaluation.locals[slot] ?? null;
  const type = environment.names.has(name)
    ? undefined
    : namedType(environment, { kind: 'name', name, start: 0, end: 0, depth: 1 });
  if (type !== undefined) return () => type;
  return (evaluation) => lookUp(evaluation, name);
}

export function compileSelect(compilation: Compilation, node: Select): Code {
  const type = namedType(compilation.environment, node);
  if (type !== undefined) return () => type;
  if (!node.optional) return compileConstantPath(compilation, node) ?? compileStep(compilation, node, node.field);
  const target = compileNode(compilation, node.target);
  const path = written(compilation, node);
  return (evaluation) => optionalField(target(evaluation), node.field, path);
}

export function compileIndex(compilation: Compilation, node: Index): Code {
  const constant = node.optional ? undefined : compileConstantPath(compilation, node);
  if (constant !== undefined) return constant;
  const target = compileNode(compilation, node.target);
  const index = compileNode(compilation, node.index);
  const path = written(compilation, node);
  const holderPath = written(compilation, node.target);
  return (evaluation) => {
    const holder = target(evaluation);
    const key = keyFor(holder, index(evaluation));
    if (node.optional) return optionalField(holder, key, path);
    const value = fieldOf(holder, key);
    if (value === undefined) throw missingField(holder, { key, path, holderPath });
    return value;
  };
}

/** `has(x.y)`: null holds nothing; what can hold no fields at all is an error. */
export function compileHas(compilation: Compilation, node: Has): Code {
  const target = compileNode(compilation, node.target);
  const key = compileNode(compilation, node.key);
  const path = written(compilation, node.target);
  return (evaluation) => {
    const holder = target(evaluation);
    const value = holder instanceof Optional ? (holder.value ?? null) : holder;
    if (value === null) return false;
    if (!canHold(value))
      throw new ExpressionError(
        `has() asks '${path}', which is ${typeOf(value)}, for a field`,
        'expression_error',
        path,
      );
    return fieldOf(value, keyFor(value, key(evaluation))) !== undefined;
  };
}

/** A field of something computed. */
function compileStep(compilation: Compilation, node: Select, key: string): Code {
  const target = compileNode(compilation, node.target);
  const place = { key, path: written(compilation, node), holderPath: written(compilation, node.target) };
  return (evaluation) => {
    const holder = target(evaluation);
    const value = fieldOf(holder, key);
    if (value === undefined) throw missingField(holder, place);
    return value;
  };
}

type ConstantPath = { readonly root: Name; readonly keys: readonly (string | number)[] };

function constantPath(node: Node): ConstantPath | undefined {
  const keys: (string | number)[] = [];
  let at = node;
  while (at.kind !== 'name') {
    const key =
      at.kind === 'select' ? at.field : at.kind === 'index' && at.index.kind === 'literal' ? at.index.value : undefined;
    if (
      (typeof key !== 'string' && typeof key !== 'number') ||
      (at.kind !== 'select' && at.kind !== 'index') ||
      at.optional
    )
      return undefined;
    keys.unshift(key);
    at = at.target;
  }
  return { root: at, keys };
}

function compileConstantPath(compilation: Compilation, node: Select | Index): Code | undefined {
  const path = constantPath(node);
  if (path === undefined) return undefined;
  const { root, keys } = path;
  const start = compileName(compilation, root);
  const [first, second] = keys;
  if (keys.length === 1 && first !== undefined) return (evaluation) => step(path, start(evaluation), 0, first);
  if (keys.length === 2 && first !== undefined && second !== undefined) {
    return (evaluation) => step(path, step(path, start(evaluation), 0, first), 1, second);
  }
  return (evaluation) => {
    let value = start(evaluation);
    for (let index = 0; index < keys.length; index++) value = step(path, value, index, keys[index] ?? '');
    return value;
  };
}

function step(path: ConstantPath, holder: Value, index: number, key: string | number): Value {
  const value = fieldOf(holder, key);
  if (value !== undefined) return value;
  const holderPath = pathText(path, index);
  throw missingField(holder, { key, path: pathText(path, index + 1), holderPath });
}

/** `steps.a.output["x y"][0]`. */
function pathText({ root, keys }: ConstantPath, count: number): string {
  const parts = keys.slice(0, count).map((key) => {
    if (typeof key === 'number') return `[${key}]`;
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  return root.name + parts.join('');
}

function lookUp(evaluation: Evaluation, name: string): Value {
  const value = evaluation.scope.lookup(name);
  if (value === undefined) throw new ExpressionError(`'${name}' does not exist here`, 'expression_error', name);
  return value;
}
