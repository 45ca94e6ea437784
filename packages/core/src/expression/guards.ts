/** What is certainly so where a condition holds: `a && b == 1` holds only where `a` is true and `b` is 1. */
import { tokensOf } from './compile-expression.ts';
import type { Environment } from './environment.ts';
import type { Expression, Reference } from './expression.ts';
import { tokenize } from './lexer.ts';
import { parse } from './parser.ts';
import { collectReferences } from './references.ts';
import { type Binary, type Node, Refusal } from './syntax.ts';

export type Guard = {
  /** Of which expression something is known, however it is spaced. */
  readonly subject: string;
  /** What it is equal to; two guards of one subject with different values never hold at once. */
  readonly value: GuardValue;
  /** As one writes it. */
  readonly says: string;
  readonly reads: readonly Reference[];
};

export type GuardValue = null | boolean | number | string;

/** `holds` false: what is so where the condition is false, rather than true. */
export function guardsOf({ source, references }: Expression, holds: boolean): readonly Guard[] {
  const names = new Set(references.map(({ name }) => name));
  const reading: Reading = { source, environment: { names, locals: [] }, found: [] };
  collect(reading, parse(tokensOf(source)), holds);
  return reading.found;
}

type Reading = { readonly source: string; readonly environment: Environment; readonly found: Guard[] };

function collect(reading: Reading, node: Node, holds: boolean): void {
  if (node.kind === 'unary' && node.operator === '!') return collect(reading, node.operand, !holds);
  if (node.kind === 'logic' && (node.operator === '&&') === holds) {
    for (const operand of node.operands) collect(reading, operand, holds);
    return;
  }
  if (node.kind === 'binary' && (node.operator === '==' || node.operator === '!=')) {
    const sides = subjectAndLiteral(node);
    if (sides !== undefined) return compared(reading, { node, ...sides, equal: (node.operator === '==') === holds });
  }
  const said = textOf(reading, node);
  add(reading, node, { subject: subjectOf(said), value: holds, says: holds ? said : negated(said) });
}

type Comparison = Sides & { readonly node: Binary; readonly equal: boolean };

function compared(reading: Reading, { node, subject, literal, equal }: Comparison): void {
  const said = textOf(reading, subject);
  const written = JSON.stringify(literal);
  const name = subjectOf(said);
  const says = `${said} ${equal ? '==' : '!='} ${written}`;
  if (equal) add(reading, node, { subject: name, value: literal, says });
  add(reading, node, { subject: `${name} == ${written}`, value: equal, says });
}

type Sides = { readonly subject: Node; readonly literal: GuardValue };

function subjectAndLiteral({ left, right }: Binary): Sides | undefined {
  const [ofLeft, ofRight] = [literalOf(left), literalOf(right)];
  if (ofRight !== undefined && ofLeft === undefined) return { subject: left, literal: ofRight };
  return ofLeft !== undefined && ofRight === undefined ? { subject: right, literal: ofLeft } : undefined;
}

function literalOf(node: Node): GuardValue | undefined {
  if (node.kind === 'unary' && node.operator === '-') {
    const operand = literalOf(node.operand);
    return typeof operand === 'number' ? 0 - operand : undefined; // not -0, which equals 0
  }
  if (node.kind !== 'literal') return undefined;
  return typeof node.value === 'object' && node.value !== null ? undefined : node.value;
}

function add({ found, environment }: Reading, node: Node, guard: Omit<Guard, 'reads'>): void {
  found.push({ ...guard, reads: collectReferences(node, environment) });
}

/** Without the space around it; a bracket that a node's place leaves out at its edge is put back. */
function textOf({ source }: Reading, { start, end }: Node): string {
  const said = source.slice(start, end).trim();
  const missing = said.split(')').length - said.split('(').length;
  return missing > 0 ? `${'('.repeat(missing)}${said}` : `${said}${')'.repeat(-missing)}`;
}

function negated(said: string): string {
  return /^[\w.]+$/.test(said) ? `!${said}` : `!(${said})`;
}

/** Words and signs with one space between, so that spacing does not tell two alike expressions apart. */
function subjectOf(said: string): string {
  try {
    const { tokens } = tokenize(said, 0, false);
    return tokens
      .slice(0, -1)
      .map(({ start, end }) => said.slice(start, end))
      .join(' ');
  } catch (error) {
    if (error instanceof Refusal) return said;
    throw error;
  }
}
