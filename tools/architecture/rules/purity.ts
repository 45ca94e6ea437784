/**
 * core decides and never does: no clock, no random, no waiting, no world. The compiler settings of core leave out what is
 * not part of the language; this finds what is.
 */
import type { Node } from 'oxc-parser';
import type { SourceFile } from '../source-file.ts';
import type { Violation } from '../violation.ts';

const CLOCK = 'core has no clock, so take the time as an argument';
const WAITING = 'core never waits, so return what is to be done and let the server do it';
const CHANCE = 'core has no chance, so take the number as an argument';
const WORLD = 'core cannot see the world, so take the value as an argument';

const GLOBALS: ReadonlyMap<string, string> = new Map([
  ['Promise', WAITING],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((name) => [name, WAITING] as const),
  ['performance', CLOCK],
  ...['console', 'process', 'fetch', 'globalThis', 'crypto'].map((name) => [name, WORLD] as const),
]);

export function checkPurity(file: SourceFile): Violation[] {
  if (file.place.workspace !== 'core' || file.place.isTest) return [];
  const own = ownNames(file);
  const found: Violation[] = [];
  file.walk((node, parent) => {
    const reason = impurity(node, parent, own);
    if (reason) found.push({ path: file.path, line: file.lineOf(node), message: `uses ${reason[0]}: ${reason[1]}` });
  });
  return found;
}

/** What is impure and why. */
function impurity(
  node: Node,
  parent: Node | undefined,
  own: ReadonlySet<string>,
): readonly [string, string] | undefined {
  if ('async' in node && node.async === true) return ['async', WAITING];
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) return ['await', WAITING];
  if (node.type !== 'Identifier' || own.has(node.name) || isOnlyALabel(node, parent)) return undefined;
  if (node.name === 'Date' && !isPureDate(node, parent)) return ['the clock', CLOCK];
  if (node.name === 'Math' && !isPureMath(node, parent)) return ['Math.random', CHANCE];
  const why = GLOBALS.get(node.name);
  return why === undefined ? undefined : [node.name, why];
}

/** What of `Date` needs no clock. All else is refused: under another name (`const D = Date`) it could not be followed. */
function isPureDate(node: Node, parent: Node | undefined): boolean {
  if (parent?.type === 'TSTypeReference') return true;
  if (parent?.type === 'BinaryExpression') return parent.operator === 'instanceof';
  if (parent?.type === 'NewExpression') return parent.callee === node && parent.arguments.length > 0;
  return ['parse', 'UTC'].includes(memberOf(node, parent) ?? '');
}

function isPureMath(node: Node, parent: Node | undefined): boolean {
  return ![undefined, 'random'].includes(memberOf(node, parent));
}

/** The member that is taken of the object, when it is written out. */
function memberOf(object: Node, parent: Node | undefined): string | undefined {
  if (parent?.type !== 'MemberExpression' || parent.object !== object) return undefined;
  const { property, computed } = parent;
  if (property.type === 'Literal') return String(property.value);
  return !computed && 'name' in property ? String(property.name) : undefined;
}

/** The names that the file itself gives to something: a parameter called `process` is not Node's. */
function ownNames(file: SourceFile): Set<string> {
  const names = new Set<string>();
  file.walk((node, parent) => {
    const declares =
      parent?.type === 'VariableDeclarator' ||
      parent?.type === 'FunctionDeclaration' ||
      parent?.type === 'FunctionExpression' ||
      parent?.type === 'ArrowFunctionExpression' ||
      parent?.type === 'ImportSpecifier' ||
      parent?.type === 'TSTypeAliasDeclaration';
    if (node.type !== 'Identifier' || !declares) return;
    const isValue =
      parent.type === 'VariableDeclarator' ? parent.init === node : 'body' in parent && parent.body === node;
    if (!isValue) names.add(node.name);
  });
  return names;
}

/** A key or a member's name, not a reference. */
function isOnlyALabel(node: Node, parent: Node | undefined): boolean {
  if (parent?.type === 'MemberExpression') return parent.property === node && !parent.computed;
  if (parent === undefined || !('key' in parent)) return parent?.type === 'TSQualifiedName';
  const shorthand = 'shorthand' in parent && parent.shorthand === true;
  return parent.key === node && !shorthand && !('computed' in parent && parent.computed === true);
}
