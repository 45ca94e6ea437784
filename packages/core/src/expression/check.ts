/** The static check: unknown names and functions, arity, and the type errors that are certain whatever the data is. */
import { closest } from '../text/suggest.ts';
import { checkCall } from './check-call.ts';
import { type Check, checkNode, inside, report, require } from './check-node.ts';
import { type Environment, isVariable, namedType } from './environment.ts';
import type { ExpressionIssue, StaticType } from './expression.ts';
import { binaryType } from './operator-types.ts';
import type { Binary, Comprehension, Has, Index, Name, Node, Select, Unary } from './syntax.ts';
import { typeNames, typeOf } from './value.ts';

/** The type of a tree as far as it is certain; what is wrong in it is added to the issues. */
export function checkTree(node: Node, environment: Environment, issues: ExpressionIssue[]): StaticType {
  return checkAny({ environment, issues, check: checkAny }, node);
}

function checkAny(check: Check, node: Node): StaticType {
  switch (node.kind) {
    case 'literal':
      return typeOf(node.value);
    case 'name':
      return checkName(check, node);
    case 'select':
      return checkSelect(check, node);
    case 'index':
      return checkIndex(check, node);
    case 'call':
      return checkCall(check, node);
    case 'list':
      for (const item of node.items) checkItem(check, item);
      return 'list';
    case 'map':
      for (const entry of node.entries) checkKey(check, entry.key);
      for (const entry of node.entries) checkItem(check, entry);
      return 'map';
    case 'unary':
      return checkUnary(check, node);
    case 'logic':
      for (const operand of node.operands) require(check, operand, { types: ['bool'], by: node.operator });
      return 'bool';
    case 'binary':
      return checkBinary(check, node);
    case 'conditional': {
      require(check, node.test, { types: ['bool'], by: '?' });
      const yes = checkNode(check, node.yes);
      return yes === checkNode(check, node.no) ? yes : 'dyn';
    }
    case 'has':
      return checkHas(check, node);
    case 'comprehension':
      return checkComprehension(check, node);
    case 'bind':
      checkNode(check, node.value);
      return checkNode(inside(check, [node.variable]), node.body);
  }
}

function checkName(check: Check, node: Name): StaticType {
  if (isVariable(check.environment, node.name)) return 'dyn';
  if (namedType(check.environment, node) !== undefined) return 'type';
  const { names, locals } = check.environment;
  const suggestion = closest(node.name, [...names, ...locals, ...typeNames.keys()]);
  report(check, {
    code: 'unknown_name',
    message: `there is no name '${node.name}' here${suggestion === undefined ? '' : `; did you mean '${suggestion}'?`}`,
    position: node.start,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  return 'dyn';
}

function checkSelect(check: Check, node: Select): StaticType {
  if (namedType(check.environment, node) !== undefined) return 'type';
  const type = require(check, node.target, { types: holders(node.optional, ['map']), by: `.${node.field}` });
  return node.optional || type === 'optional' ? 'optional' : 'dyn';
}

function checkIndex(check: Check, node: Index): StaticType {
  const type = require(check, node.target, { types: holders(node.optional, ['list', 'map']), by: '[ ]' });
  if (type === 'list') require(check, node.index, { types: ['number'], by: 'the index of a list' });
  else checkKey(check, node.index);
  return node.optional || type === 'optional' ? 'optional' : 'dyn';
}

/** What may hold fields. Asking with `?` null is allowed too: it holds nothing. */
function holders(optional: boolean, types: readonly StaticType[]): readonly StaticType[] {
  return optional ? [...types, 'optional', 'null'] : [...types, 'optional'];
}

function checkKey(check: Check, key: Node): void {
  require(check, key, { types: ['string', 'number', 'bool'], by: 'a key' });
}

function checkItem(check: Check, { value, optional }: { readonly value: Node; readonly optional: boolean }): void {
  if (optional) require(check, value, { types: ['optional'], by: '?' });
  else checkNode(check, value);
}

function checkUnary(check: Check, node: Unary): StaticType {
  if (node.operator === '-') return require(check, node.operand, { types: ['number', 'duration'], by: '-' });
  require(check, node.operand, { types: ['bool'], by: '!' });
  return 'bool';
}

function checkBinary(check: Check, node: Binary): StaticType {
  const left = checkNode(check, node.left);
  const right = checkNode(check, node.right);
  const type = binaryType(node.operator, left, right);
  if (type !== undefined) return type;
  const hint = node.operator === '+' && (left === 'string' || right === 'string') ? '; use string(…)' : '';
  const message = `${node.operator} cannot take ${left} and ${right}${hint}`;
  report(check, { code: 'expression_type', message, position: node.start });
  return 'dyn';
}

function checkHas(check: Check, node: Has): StaticType {
  require(check, node.target, { types: ['map', 'list', 'optional', 'null'], by: 'has()' });
  checkKey(check, node.key);
  return 'bool';
}

function checkComprehension(check: Check, node: Comprehension): StaticType {
  const { name, target, variables, parts } = node;
  const isOptional = name === 'optMap' || name === 'optFlatMap';
  const walked: readonly StaticType[] = name === 'sortBy' ? ['list'] : ['list', 'map'];
  require(check, target, { types: isOptional ? ['optional'] : walked, by: `${name}()` });
  const body = inside(check, variables);
  const isTest = ['all', 'exists', 'exists_one', 'existsOne', 'filter'].includes(name);
  parts.forEach((part, index) => {
    if (isTest || index < parts.length - 1) require(body, part, { types: ['bool'], by: `the test of ${name}()` });
    else if (name === 'transformMapEntry') require(body, part, { types: ['map'], by: `${name}()` });
    else if (name === 'optFlatMap') require(body, part, { types: ['optional'], by: `${name}()` });
    else checkNode(body, part);
  });
  if (isOptional) return 'optional';
  if (name === 'transformMap' || name === 'transformMapEntry') return 'map';
  return isTest && name !== 'filter' ? 'bool' : 'list';
}
