/** The syntax tree of an expression, with macros already expanded to nodes of their own. */
import type { ExpressionIssue } from './expression.ts';
import type { Bytes } from './value.ts';

/** Every node knows where it stands in the source, and how deep the tree below it is. */
type Place = { readonly start: number; readonly end: number; readonly depth: number };

export type Literal = Place & { readonly kind: 'literal'; readonly value: null | boolean | number | string | Bytes };
export type Name = Place & { readonly kind: 'name'; readonly name: string };
/** `target.field`, or `target.?field` when optional. */
export type Select = Place & {
  readonly kind: 'select';
  readonly target: Node;
  readonly field: string;
  readonly optional: boolean;
};
/** `target[index]`, or `target[?index]` when optional. */
export type Index = Place & {
  readonly kind: 'index';
  readonly target: Node;
  readonly index: Node;
  readonly optional: boolean;
};
/** `name(args)`, or `target.name(args)`. */
export type Call = Place & {
  readonly kind: 'call';
  readonly target: Node | null;
  readonly name: string;
  readonly nameAt: number;
  readonly args: readonly Node[];
};
export type ListItem = { readonly value: Node; readonly optional: boolean };
export type List = Place & { readonly kind: 'list'; readonly items: readonly ListItem[] };
export type MapEntry = { readonly key: Node; readonly value: Node; readonly optional: boolean };
export type MapLiteral = Place & { readonly kind: 'map'; readonly entries: readonly MapEntry[] };
export type Unary = Place & { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Node };
/** A whole chain of one operator, so that a thousand alternatives are wide and not deep. */
export type Logic = Place & {
  readonly kind: 'logic';
  readonly operator: '&&' | '||';
  readonly operands: readonly Node[];
};
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';
export type Binary = Place & {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
};
export type Conditional = Place & {
  readonly kind: 'conditional';
  readonly test: Node;
  readonly yes: Node;
  readonly no: Node;
};
/** `has(target.field)` or `has(target[key])`. */
export type Has = Place & { readonly kind: 'has'; readonly target: Node; readonly key: Node };
/** `target.name(variable, …parts)`: one round for each element. */
export type Comprehension = Place & {
  readonly kind: 'comprehension';
  readonly name: string;
  readonly target: Node;
  readonly variables: readonly string[];
  readonly parts: readonly Node[];
};
/** `cel.bind(variable, value, body)`. */
export type Bind = Place & {
  readonly kind: 'bind';
  readonly variable: string;
  readonly value: Node;
  readonly body: Node;
};

export type Node =
  | Literal
  | Name
  | Select
  | Index
  | Call
  | List
  | MapLiteral
  | Unary
  | Logic
  | Binary
  | Conditional
  | Has
  | Comprehension
  | Bind;

/** Stops the compilation of one expression at the first place that cannot be read. */
export class Refusal extends Error {
  readonly issue: ExpressionIssue;
  constructor(issue: ExpressionIssue) {
    super(issue.message);
    this.name = 'Refusal';
    this.issue = issue;
  }
}

export function refuse(message: string, position: number): Refusal {
  return new Refusal({ code: 'expression_syntax', message, position });
}

/** The nodes below a node, in the order of the source. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'select':
      return [node.target];
    case 'index':
      return [node.target, node.index];
    case 'call':
      return node.target === null ? node.args : [node.target, ...node.args];
    case 'list':
      return node.items.map((item) => item.value);
    case 'map':
      return node.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'unary':
      return [node.operand];
    case 'logic':
      return node.operands;
    case 'binary':
      return [node.left, node.right];
    case 'conditional':
      return [node.test, node.yes, node.no];
    case 'has':
      return [node.target, node.key];
    case 'comprehension':
      return [node.target, ...node.parts];
    case 'bind':
      return [node.value, node.body];
  }
}
