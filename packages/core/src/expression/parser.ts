/** Tokens to a syntax tree, by precedence climbing. Everything that nests is counted: no source can overflow the stack. */
import type { Token } from './lexer.ts';
import { expandMacro } from './macros.ts';
import { type BinaryOperator, type ListItem, type MapEntry, type Node, refuse } from './syntax.ts';

/** How deep brackets, calls and conditionals may stand in one another. */
const deepestNesting = 150;
/** How deep the tree may become, which long chains such as `a + b + c` also make. */
const deepestTree = 400;

const precedence: ReadonlyMap<string, number> = new Map([
  ['||', 1],
  ['&&', 2],
  ['<', 3],
  ['<=', 3],
  ['>', 3],
  ['>=', 3],
  ['==', 3],
  ['!=', 3],
  ['in', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
]);

/** Reserved by CEL. `loop` is reserved there too, but is a name of ours. */
export const reservedWords: ReadonlySet<string> = new Set([
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'in',
  'let',
  'namespace',
  'package',
  'return',
  'var',
  'void',
  'while',
  'true',
  'false',
  'null',
]);

const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** @throws Refusal at the first token that does not fit. */
export function parse(tokens: readonly Token[]): Node {
  return new Parser(tokens).parse();
}

/** A node before it is placed; distributes over the union, so that each kind keeps its fields. */
type Draft = Node extends infer N ? (N extends Node ? Omit<N, 'end' | 'depth'> : never) : never;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #nesting = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Node {
    if (this.#isEnd()) throw refuse('an expression is missing here', this.#token.start);
    const node = this.#expression();
    if (!this.#isEnd()) throw this.#unexpected('an operator or the end');
    return node;
  }

  get #token(): Token {
    return this.#peek(0);
  }

  #peek(ahead: number): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw refuse('an expression is missing here', 0);
    return token;
  }

  #next(): Token {
    const token = this.#token;
    this.#at += 1;
    return token;
  }

  #isEnd(): boolean {
    return this.#token.kind === 'end';
  }

  #is(symbol: string): boolean {
    return this.#token.kind === 'symbol' && this.#token.text === symbol;
  }

  #eat(symbol: string): boolean {
    if (!this.#is(symbol)) return false;
    this.#at += 1;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#eat(symbol)) throw this.#unexpected(`"${symbol}"`);
  }

  #unexpected(expected: string): Error {
    const token = this.#token;
    const found =
      token.kind === 'end'
        ? 'the expression ends'
        : `found ${token.kind === 'literal' ? 'a literal' : `"${token.text}"`}`;
    return refuse(`expected ${expected}, but ${found} here`, token.start);
  }

  #make(draft: Draft, children: readonly Node[]): Node {
    let depth = 0;
    for (const child of children) depth = Math.max(depth, child.depth);
    if (depth >= deepestTree) throw refuse('the expression is nested too deeply', draft.start);
    const end = this.#tokens[this.#at - 1]?.end ?? draft.start;
    return { ...draft, end, depth: depth + 1 };
  }

  /** Runs a rule one level deeper. */
  #nested<T>(rule: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > deepestNesting) throw refuse('the expression is nested too deeply', this.#token.start);
    const result = rule();
    this.#nesting -= 1;
    return result;
  }

  #expression(): Node {
    return this.#nested(() => {
      const test = this.#binary(1);
      if (!this.#eat('?')) return test;
      const yes = this.#expression();
      this.#expect(':');
      const no = this.#expression();
      return this.#make({ kind: 'conditional', start: test.start, test, yes, no }, [test, yes, no]);
    });
  }

  #binary(least: number): Node {
    let left = this.#unary();
    for (let rank = this.#rank(); rank >= least; rank = this.#rank()) {
      const operator = this.#token.text;
      if (operator === '&&' || operator === '||') {
        left = this.#logic(left, operator, rank);
      } else {
        this.#at += 1;
        const right = this.#binary(rank + 1);
        const start = left.start;
        left = this.#make({ kind: 'binary', start, operator: operator as BinaryOperator, left, right }, [left, right]);
      }
    }
    return left;
  }

  #logic(first: Node, operator: '&&' | '||', rank: number): Node {
    const operands = [first];
    while (this.#eat(operator)) operands.push(this.#binary(rank + 1));
    return this.#make({ kind: 'logic', start: first.start, operator, operands }, operands);
  }

  #rank(): number {
    const token = this.#token;
    const isOperator = token.kind === 'symbol' || (token.kind === 'name' && token.text === 'in');
    return isOperator ? (precedence.get(token.text) ?? 0) : 0;
  }

  #unary(): Node {
    const token = this.#token;
    if (token.kind !== 'symbol' || (token.text !== '!' && token.text !== '-')) return this.#member();
    const operator = token.text;
    this.#at += 1;
    const operand = this.#nested(() => this.#unary());
    if (
      operator === '-' &&
      operand.kind === 'literal' &&
      typeof operand.value === 'number' &&
      operand.start === this.#justBefore(operand)
    ) {
      return { ...operand, start: token.start, value: -operand.value };
    }
    return this.#make({ kind: 'unary', start: token.start, operator, operand }, [operand]);
  }

  /** The start of a literal that is one token: `-2` is a literal, `-(2)` need not be. */
  #justBefore(operand: Node): number {
    return this.#tokens[this.#at - 1]?.start ?? operand.start;
  }

  #member(): Node {
    let node = this.#primary();
    for (;;) {
      if (this.#eat('.')) node = this.#afterDot(node);
      else if (this.#eat('[')) node = this.#index(node);
      else if (this.#is('{'))
        throw refuse('messages cannot be built here; a map is written { "key": value }', this.#token.start);
      else return node;
    }
  }

  #afterDot(target: Node): Node {
    const start = target.start;
    const optional = this.#eat('?');
    const token = this.#next();
    if (token.kind !== 'name' && token.kind !== 'quoted_name') {
      this.#at -= 1;
      throw this.#unexpected('the name of a field');
    }
    if (!optional && token.kind === 'name' && this.#is('(')) {
      const args = this.#args();
      const macro = expandMacro({ target, name: token.text, at: token.start, args });
      if (macro !== null) return this.#make({ ...macro, start }, [target, ...args]);
      return this.#make({ kind: 'call', start, target, name: token.text, nameAt: token.start, args }, [
        target,
        ...args,
      ]);
    }
    return this.#make({ kind: 'select', start, target, field: token.text, optional }, [target]);
  }

  #index(target: Node): Node {
    const optional = this.#eat('?');
    const index = this.#expression();
    this.#expect(']');
    return this.#make({ kind: 'index', start: target.start, target, index, optional }, [target, index]);
  }

  #args(): Node[] {
    this.#expect('(');
    const args: Node[] = [];
    if (this.#eat(')')) return args;
    do args.push(this.#expression());
    while (this.#eat(','));
    this.#expect(')');
    return args;
  }

  #primary(): Node {
    const token = this.#token;
    const start = token.start;
    if (token.kind === 'literal') {
      this.#at += 1;
      return this.#make({ kind: 'literal', start, value: token.value }, []);
    }
    if (this.#eat('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (this.#eat('[')) return this.#list(start);
    if (this.#eat('{')) return this.#map(start);
    // A leading dot asks for the outermost name, which is what every name here is.
    this.#eat('.');
    return this.#name(start);
  }

  #name(start: number): Node {
    const token = this.#token;
    if (token.kind !== 'name') throw this.#unexpected('a value');
    const constant = constants.get(token.text);
    if (constant === undefined && reservedWords.has(token.text)) {
      throw refuse(`"${token.text}" is a reserved word of the expression language`, token.start);
    }
    this.#at += 1;
    if (constant !== undefined) return this.#make({ kind: 'literal', start, value: constant }, []);
    if (!this.#is('(')) return this.#make({ kind: 'name', start, name: token.text }, []);
    const args = this.#args();
    const macro = expandMacro({ target: null, name: token.text, at: token.start, args });
    if (macro !== null) return this.#make({ ...macro, start }, args);
    return this.#make({ kind: 'call', start, target: null, name: token.text, nameAt: token.start, args }, args);
  }

  #list(start: number): Node {
    const items: ListItem[] = [];
    while (!this.#eat(']')) {
      const optional = this.#eat('?');
      items.push({ value: this.#expression(), optional });
      if (!this.#is(']')) this.#expect(',');
    }
    return this.#make(
      { kind: 'list', start, items },
      items.map((item) => item.value),
    );
  }

  #map(start: number): Node {
    const entries: MapEntry[] = [];
    while (!this.#eat('}')) {
      const optional = this.#eat('?');
      const key = this.#expression();
      this.#expect(':');
      entries.push({ key, value: this.#expression(), optional });
      if (!this.#is('}')) this.#expect(',');
    }
    return this.#make(
      { kind: 'map', start, entries },
      entries.flatMap((entry) => [entry.key, entry.value]),
    );
  }
}
