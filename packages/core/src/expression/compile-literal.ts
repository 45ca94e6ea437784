/** `[…]` and `{…}` to code. */
import { chargeElements } from './budget.ts';
import { type Code, type Compilation, compileNode } from './code.ts';
import { ExpressionError } from './expression.ts';
import { keyOf } from './field.ts';
import type { List, MapLiteral } from './syntax.ts';
import { Optional, setOwn, typeOf, type Value } from './value.ts';

export function compileList(compilation: Compilation, node: List): Code {
  const items = node.items.map(({ value, optional }) => ({ code: compileNode(compilation, value), optional }));
  return (evaluation) => {
    chargeElements(evaluation, items.length + 1);
    const list: Value[] = [];
    for (const { code, optional } of items) {
      const value = optional ? unwrap(code(evaluation)) : code(evaluation);
      if (value !== undefined) list.push(value);
    }
    return list;
  };
}

export function compileMap(compilation: Compilation, node: MapLiteral): Code {
  const entries = node.entries.map(({ key, value, optional }) => ({
    key: compileNode(compilation, key),
    code: compileNode(compilation, value),
    optional,
  }));
  return (evaluation) => {
    chargeElements(evaluation, entries.length + 1);
    const map: { [key: string]: Value } = {};
    for (const { key, code, optional } of entries) {
      const name = keyOf(key(evaluation));
      const value = optional ? unwrap(code(evaluation)) : code(evaluation);
      if (Object.hasOwn(map, name)) throw new ExpressionError('a map has one key twice');
      if (value !== undefined) setOwn(map, name, value);
    }
    return map;
  };
}

/** The entry of `[?x]` and `{?"k": x}`: left out when x is absent. */
function unwrap(value: Value): Value | undefined {
  if (value instanceof Optional) return value.value;
  throw new ExpressionError(`an entry with ? takes an optional, but got ${typeOf(value)}`);
}
