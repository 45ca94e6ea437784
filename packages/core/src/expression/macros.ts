/** Calls whose arguments are not values: they name variables, or ask for presence. */
import { type Bind, type Comprehension, type Has, type Node, refuse } from './syntax.ts';

export type MacroCall = {
  readonly target: Node | null;
  readonly name: string;
  /** Offset of the name. */
  readonly at: number;
  readonly args: readonly Node[];
};

type Shape = {
  readonly variables: 1 | 2;
  readonly parts: readonly number[];
  readonly form: string;
  readonly doc: string;
};

/** The comprehensions by name; those with one and with two variables are told apart by their number of arguments. */
export const comprehensions: ReadonlyMap<string, readonly Shape[]> = new Map<string, readonly Shape[]>([
  [
    'all',
    [
      {
        variables: 1,
        parts: [1],
        form: 'list.all(x, test)',
        doc: 'true when the test holds for every element (of a map: every key)',
      },
      {
        variables: 2,
        parts: [1],
        form: 'list.all(i, x, test)',
        doc: 'the same with index and element, or key and value',
      },
    ],
  ],
  [
    'exists',
    [
      {
        variables: 1,
        parts: [1],
        form: 'list.exists(x, test)',
        doc: 'true when the test holds for at least one element',
      },
      {
        variables: 2,
        parts: [1],
        form: 'list.exists(i, x, test)',
        doc: 'the same with index and element, or key and value',
      },
    ],
  ],
  [
    'exists_one',
    [
      {
        variables: 1,
        parts: [1],
        form: 'list.exists_one(x, test)',
        doc: 'true when the test holds for exactly one element',
      },
    ],
  ],
  [
    'existsOne',
    [
      { variables: 1, parts: [1], form: 'list.existsOne(x, test)', doc: 'another name of exists_one' },
      {
        variables: 2,
        parts: [1],
        form: 'list.existsOne(i, x, test)',
        doc: 'the same with index and element, or key and value',
      },
    ],
  ],
  [
    'filter',
    [
      {
        variables: 1,
        parts: [1],
        form: 'list.filter(x, test)',
        doc: 'the elements (of a map: the keys) for which the test holds',
      },
    ],
  ],
  [
    'map',
    [
      {
        variables: 1,
        parts: [1, 2],
        form: 'list.map(x, [test,] value)',
        doc: 'the value for each element, or for each for which the test holds',
      },
    ],
  ],
  [
    'sortBy',
    [
      {
        variables: 1,
        parts: [1],
        form: 'list.sortBy(x, key)',
        doc: 'the elements in the order of their keys; equal keys keep their order',
      },
    ],
  ],
  [
    'transformList',
    [
      {
        variables: 2,
        parts: [1, 2],
        form: 'list.transformList(i, x, [test,] value)',
        doc: 'like map, with index and element, or key and value',
      },
    ],
  ],
  [
    'transformMap',
    [
      {
        variables: 2,
        parts: [1, 2],
        form: 'map.transformMap(k, v, [test,] value)',
        doc: 'a map with the same keys and the new values',
      },
    ],
  ],
  [
    'transformMapEntry',
    [
      {
        variables: 2,
        parts: [1, 2],
        form: 'list.transformMapEntry(i, x, [test,] { key: value })',
        doc: 'a map of the entries that are given for each element',
      },
    ],
  ],
  [
    'optMap',
    [{ variables: 1, parts: [1], form: 'optional.optMap(x, value)', doc: 'the value, when there is something' }],
  ],
  [
    'optFlatMap',
    [
      {
        variables: 1,
        parts: [1],
        form: 'optional.optFlatMap(x, optional)',
        doc: 'the optional, when there is something',
      },
    ],
  ],
]);

type Expanded =
  | Omit<Has, 'start' | 'end' | 'depth'>
  | Omit<Comprehension, 'start' | 'end' | 'depth'>
  | Omit<Bind, 'start' | 'end' | 'depth'>;

/** The node that a macro stands for, or null when the call is no macro. @throws Refusal */
export function expandMacro(call: MacroCall): Expanded | null {
  if (call.target === null) return call.name === 'has' ? expandHas(call) : null;
  if (call.name === 'bind' && call.target.kind === 'name' && call.target.name === 'cel') return expandBind(call);
  const shapes = comprehensions.get(call.name);
  return shapes === undefined ? null : expandComprehension(call, call.target, shapes);
}

function expandHas({ args, at }: MacroCall): Expanded {
  const arg = args[0];
  if (args.length === 1 && arg?.kind === 'select' && !arg.optional) {
    const { start, end } = arg;
    return { kind: 'has', target: arg.target, key: { kind: 'literal', value: arg.field, start, end, depth: 1 } };
  }
  if (args.length === 1 && arg?.kind === 'index' && !arg.optional)
    return { kind: 'has', target: arg.target, key: arg.index };
  throw refuse('has() takes one field, such as has(input.name) or has(steps["a-b"].error)', arg?.start ?? at);
}

function expandBind({ args, at }: MacroCall): Expanded {
  const [variable, value, body] = args;
  if (args.length !== 3 || variable === undefined || value === undefined || body === undefined) {
    throw refuse('cel.bind() takes a variable, its value and an expression', at);
  }
  return { kind: 'bind', variable: variableName(variable, 'cel.bind'), value, body };
}

function expandComprehension({ name, at, args }: MacroCall, target: Node, shapes: readonly Shape[]): Expanded {
  const shape = shapes.find(({ variables, parts }) => parts.includes(args.length - variables));
  if (shape === undefined) throw refuse(`${name}() is written ${shapes.map(({ form }) => form).join(' or ')}`, at);
  const variables = args.slice(0, shape.variables).map((arg) => variableName(arg, name));
  if (new Set(variables).size !== variables.length) throw refuse(`${name}() names one variable twice`, at);
  return { kind: 'comprehension', name, target, variables, parts: args.slice(shape.variables) };
}

function variableName(node: Node, macro: string): string {
  if (node.kind === 'name') return node.name;
  throw refuse(`${macro}() takes the name of a variable here`, node.start);
}
