/** One file of a program reads its environment; everything else gets what it needs as arguments. */
import type { Node } from 'oxc-parser';
import type { SourceFile } from '../source-file.ts';
import type { Violation } from '../violation.ts';

const READERS: Readonly<Record<string, string>> = { cli: 'packages/cli/src/world.ts' };
const SERVER_READER = 'packages/server/src/config.ts';

export function checkEnvironment(file: SourceFile): Violation[] {
  const reader = READERS[file.place.workspace] ?? SERVER_READER;
  if (!file.path.startsWith('packages/') || file.place.isTest || file.path === reader) return [];
  const lines: number[] = [];
  file.walk((node) => {
    if (readsEnvironment(node)) lines.push(file.lineOf(node));
  });
  for (const { specifier, values, line } of file.imports)
    if (/^(node:)?process$/.test(specifier) && values.includes('env')) lines.push(line);
  return lines.map((line) => ({
    path: file.path,
    line,
    message: `reads process.env: only ${reader} does, so take its value from there as an argument`,
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
