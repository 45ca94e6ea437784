/** Only a service's store knows SQL, and in the kernel only what is about the database itself. */
import type { Node } from 'oxc-parser';
import type { SourceFile } from '../source-file.ts';
import type { Violation } from '../violation.ts';

/** Parts of the kernel that are SQL by their nature. Another one is a line here, with its reason. */
const KERNEL_PARTS: ReadonlyMap<string, string> = new Map([
  ['db', 'transactions, roles and deadlines'],
  ['sql', 'the tag'],
  ['blob', 'one of its adapters keeps blobs in the database'],
  ['migrate', 'creates the tables'],
  ['embedded-postgres', 'creates the cluster and its roles'],
  ['secret', 'keys of tenants, and the fingerprint of the master key'],
]);

const STATEMENT = new RegExp(
  [
    String.raw`^\s*(select\s[\s\S]+\sfrom\s|select\s+(pg_|set_config|now\(\)|1\b)|insert\s+into\s|update\s+\S+\s+(\S+\s+)?set\s`,
    String.raw`delete\s+from\s|with\s+(recursive\s+)?\w+\s+(\([^)]*\)\s+)?as\s+(materialized\s+)?\(|merge\s+into\s`,
    String.raw`(create|alter|drop)\s+(or\s+replace\s+)?(table|index|role|policy|database|schema|function|type|extension)\s`,
    String.raw`truncate\s+\w|lock\s+table|set\s+local\s|begin\s+(isolation|read)|(un)?listen\s+\w+$)`,
  ].join('|'),
  'i',
);

export function checkSql(file: SourceFile): Violation[] {
  if (file.place.workspace !== 'server' || file.place.isTest || mayKnowSql(file)) return [];
  const found: Violation[] = [];
  file.walk((node, parent) => {
    if (isSql(node, parent))
      found.push({
        path: file.path,
        line: file.lineOf(node),
        message: 'holds SQL: only store.ts (or store/<verb>.ts) of a service does, so make it a function of the store',
      });
  });
  return found;
}

function mayKnowSql({ path, place: { server } }: SourceFile): boolean {
  if (server?.layer === 'kernel') return KERNEL_PARTS.has(server.part);
  return server?.layer === 'service' && /^packages\/server\/src\/[^/]+\/store(\.ts|\/[^/]+\.ts)$/.test(path);
}

function isSql(node: Node, parent: Node | undefined): boolean {
  if (node.type === 'TaggedTemplateExpression') return node.tag.type === 'Identifier' && node.tag.name === 'sql';
  if (node.type === 'Literal') return typeof node.value === 'string' && STATEMENT.test(node.value);
  if (node.type !== 'TemplateLiteral' || parent?.type === 'TaggedTemplateExpression') return false;
  return STATEMENT.test(node.quasis.map((part) => part.value.raw).join('x'));
}
