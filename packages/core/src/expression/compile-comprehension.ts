/** Comprehensions to code. Every round is one step of the budget; the variables live in slots of the evaluation. */
import { charge, chargeElements, type Evaluation } from './budget.ts';
import { type Code, type Compilation, compileNode, withVariables } from './code.ts';
import { absorb, truth } from './compile-operator.ts';
import { ExpressionError } from './expression.ts';
import { sortByKeys } from './functions/list.ts';
import type { Bind, Comprehension } from './syntax.ts';
import { resolved } from './to-json.ts';
import { isList, isMap, none, Optional, ownField, setOwn, typeOf, type Value, type ValueMap } from './value.ts';

/** What is walked, and how a round begins. */
type Walk = {
  readonly count: number;
  /** Charges for a round and sets its variables. */
  enter(index: number): void;
  /** The element of a list, the key of a map. */
  elementAt(index: number): Value;
  keyAt(index: number): string;
};

/** One comprehension: its parts as code, and the way to walk its target. */
type Loop = {
  readonly name: string;
  readonly walk: (evaluation: Evaluation) => Walk;
  /** The test before the last part, where there is one. */
  readonly test: Code | undefined;
  readonly last: Code;
};

export function compileComprehension(compilation: Compilation, node: Comprehension): Code {
  const target = compileNode(compilation, node.target);
  const body = withVariables(compilation, node.variables);
  const parts = node.parts.map((part) => compileNode(body, part));
  const last = parts.at(-1);
  if (last === undefined) throw new TypeError(`${node.name} was not checked before it was compiled`);
  const slot = compilation.environment.locals.length;
  if (node.name === 'optMap' || node.name === 'optFlatMap') return optionalMap(node.name, { target, body: last, slot });
  const walk = (evaluation: Evaluation) =>
    startWalk(evaluation, target(evaluation), { slot, isPair: node.variables.length === 2, name: node.name });
  const loop: Loop = { name: node.name, walk, test: parts.length > 1 ? parts[0] : undefined, last };
  return loopOf(loop);
}

/** `cel.bind(x, value, body)`. */
export function compileBind(compilation: Compilation, node: Bind): Code {
  const value = compileNode(compilation, node.value);
  const body = compileNode(withVariables(compilation, [node.variable]), node.body);
  const slot = compilation.environment.locals.length;
  return (evaluation) => {
    evaluation.locals[slot] = value(evaluation);
    return body(evaluation);
  };
}

function loopOf(loop: Loop): Code {
  switch (loop.name) {
    case 'all':
      return (evaluation) => !decides(evaluation, loop, false);
    case 'exists':
      return (evaluation) => decides(evaluation, loop, true);
    case 'exists_one':
    case 'existsOne':
      return (evaluation) => chosen(evaluation, loop).length === 1;
    case 'filter':
      return (evaluation) => chosen(evaluation, loop);
    case 'sortBy':
      return (evaluation) => sortBy(evaluation, loop);
    case 'transformMap':
      return (evaluation) => transformMap(evaluation, loop);
    case 'transformMapEntry':
      return (evaluation) => transformMapEntry(evaluation, loop);
    default:
      return (evaluation) => mapElements(evaluation, loop);
  }
}

type WalkForm = { readonly slot: number; readonly isPair: boolean; readonly name: string };

function startWalk(evaluation: Evaluation, target: Value, form: WalkForm): Walk {
  const holder = resolved(evaluation, target);
  if (isList(holder)) return walkList(evaluation, holder, form);
  if (isMap(holder) && form.name !== 'sortBy') return walkMap(evaluation, holder, form);
  const taken = form.name === 'sortBy' ? 'a list' : 'a list or a map';
  throw new ExpressionError(`${form.name}() takes ${taken}, but got ${typeOf(holder)}`);
}

function walkList(evaluation: Evaluation, list: readonly Value[], { slot, isPair }: WalkForm): Walk {
  const { locals } = evaluation;
  return {
    count: list.length,
    elementAt: (index) => list[index] ?? null,
    keyAt: String,
    enter(index) {
      charge(evaluation, 1);
      if (isPair) locals[slot] = index;
      locals[isPair ? slot + 1 : slot] = list[index] ?? null;
    },
  };
}

function walkMap(evaluation: Evaluation, map: ValueMap, { slot, isPair }: WalkForm): Walk {
  const { locals } = evaluation;
  const keys = Object.keys(map);
  chargeElements(evaluation, keys.length);
  return {
    count: keys.length,
    elementAt: (index) => keys[index] ?? '',
    keyAt: (index) => keys[index] ?? '',
    enter(index) {
      charge(evaluation, 1);
      const key = keys[index] ?? '';
      locals[slot] = key;
      if (isPair) locals[slot + 1] = ownField(map, key) ?? null;
    },
  };
}

/** True when a round decides: an error in another round is then forgotten, as with `&&` and `||`. */
function decides(evaluation: Evaluation, { name, walk, last }: Loop, decisive: boolean): boolean {
  const { count, enter } = walk(evaluation);
  let failure: ExpressionError | undefined;
  for (let index = 0; index < count; index++) {
    enter(index);
    try {
      if (truth(last(evaluation), name) === decisive) return true;
    } catch (error) {
      failure = absorb(evaluation, error, failure);
    }
  }
  if (failure !== undefined) throw failure;
  return false;
}

/** The elements that a test chooses. */
function chosen(evaluation: Evaluation, { name, walk, last }: Loop): readonly Value[] {
  const { count, enter, elementAt } = walk(evaluation);
  const elements: Value[] = [];
  for (let index = 0; index < count; index++) {
    enter(index);
    if (truth(last(evaluation), name)) elements.push(elementAt(index));
  }
  return elements;
}

/** Calls `each` in every round that the test of the loop, if it has one, lets through. */
function forEachRound(
  evaluation: Evaluation,
  { name, walk, test }: Loop,
  each: (element: Value, key: string) => void,
): void {
  const { count, enter, elementAt, keyAt } = walk(evaluation);
  for (let index = 0; index < count; index++) {
    enter(index);
    if (test === undefined || truth(test(evaluation), name)) each(elementAt(index), keyAt(index));
  }
}

function mapElements(evaluation: Evaluation, loop: Loop): readonly Value[] {
  const values: Value[] = [];
  forEachRound(evaluation, loop, () => values.push(loop.last(evaluation)));
  return values;
}

function sortBy(evaluation: Evaluation, loop: Loop): readonly Value[] {
  const elements: Value[] = [];
  const keys: Value[] = [];
  forEachRound(evaluation, loop, (element) => {
    elements.push(element);
    keys.push(loop.last(evaluation));
  });
  return sortByKeys(evaluation, elements, keys);
}

/** A map with the keys of the target; of a list, its indexes. */
function transformMap(evaluation: Evaluation, loop: Loop): Value {
  const map: { [key: string]: Value } = {};
  forEachRound(evaluation, loop, (_, key) => setOwn(map, key, loop.last(evaluation)));
  return map;
}

function transformMapEntry(evaluation: Evaluation, loop: Loop): Value {
  const map: { [key: string]: Value } = {};
  forEachRound(evaluation, loop, () => {
    const entries = loop.last(evaluation);
    if (!isMap(entries)) throw new ExpressionError(`transformMapEntry() takes a map, but got ${typeOf(entries)}`);
    for (const key of Object.keys(entries)) {
      if (Object.hasOwn(map, key)) throw new ExpressionError('transformMapEntry() gives one key twice');
      chargeElements(evaluation, 1);
      setOwn(map, key, ownField(entries, key) ?? null);
    }
  });
  return map;
}

type OptionalForm = { readonly target: Code; readonly body: Code; readonly slot: number };

function optionalMap(name: string, { target, body, slot }: OptionalForm): Code {
  return (evaluation) => {
    const given = asOptional(target(evaluation), name);
    if (given.value === undefined) return none;
    evaluation.locals[slot] = given.value;
    const value = body(evaluation);
    return name === 'optMap' ? new Optional(value) : asOptional(value, name);
  };
}

function asOptional(value: Value, name: string): Optional {
  if (value instanceof Optional) return value;
  throw new ExpressionError(`${name}() takes an optional, but got ${typeOf(value)}`);
}
