/** Only config.ts reads the environment; everything else gets what it needs as arguments. */
import type { Node } from 'oxc-parser';
import type { SourceFile } from '../source-file.ts';
import type { Violation } from '../violation.ts';

const READER = 'packages/server/src/config.ts';

export function checkEnvironment(file: SourceFile): Violation[] {
  if (!file.path.startsWith('packages/') || file.place.isTest || file.path === READER) return [];
  const lines: number[] = [];
  file.walk((node) => {
    if (readsEnvironment(node)) lines.push(file.lineOf(node));
  });
  for (const { specifier, values, line } of file.imports)
    if (/^(node:)?process$/.test(specifier) && values.includes('env')) lines.push(line);
  return lines.map((line) => ({
    path: file.path,
    line,
    message: `reads process.env: only ${READER} does, so make it a setting there and take its value as an argument`,
  }));
}

function readsEnvironment(node: Node): boolean {
  if (node.type === 'MemberExpression') return memberName(node.property) === 'env' && isProcess(node.object);
  return (
    node.type === 'VariableDeclarator' &&
    node.id.type === 'ObjectPattern' &&
    node.init !== null &&
    isProcess(node.init) &&
    node.id.properties.some((each) => each.type === 'Property' && memberName(each.key) === 'env')
  );
}

function isProcess(node: Node): boolean {
  if (node.type === 'Identifier') return node.name === 'process';
  return node.type === 'MemberExpression' && memberName(node.property) === 'process';
}

/** As `.env` and as `['env']`. */
function memberName(property: Node): unknown {
  return property.type === 'Literal' ? property.value : 'name' in property && property.name;
}
