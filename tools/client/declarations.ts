/** What a file of the SDK exports, as declarations: what the compiler makes of the names that its index hands on. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Comment, parseSync, type Statement } from 'oxc-parser';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The declarations of each folder below `packages/sdk/src`, by name of the folder, in the order of their names. */
export function declarationsOf<Folder extends string>(folders: readonly Folder[]): Record<Folder, readonly string[]> {
  const out = mkdtempSync(join(tmpdir(), 'cloudflow-declarations-'));
  try {
    emit(out);
    return Object.fromEntries(folders.map((folder) => [folder, exportedFrom(join(out, folder))])) as never;
  } finally {
    rmSync(out, { recursive: true });
  }
}

function emit(outDir: string): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const flags = ['-p', 'packages/sdk/tsconfig.build.json', '--emitDeclarationOnly', '--outDir', outDir];
  const { status, stdout, error } = spawnSync(process.execPath, [tsc, ...flags], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the declarations of the SDK cannot be made: ${error?.message ?? stdout}`);
}

/** Without what is exported as a whole (`export *`), which is printed already. */
function exportedFrom(folder: string): readonly string[] {
  const found: [name: string, text: string][] = [];
  for (const statement of parse(join(folder, 'index.d.ts')).statements) {
    if (statement.type !== 'ExportNamedDeclaration' || !statement.source) continue;
    const names = statement.specifiers.map(({ local }) => ('name' in local ? local.name : local.value));
    const file = parse(join(folder, statement.source.value.replace(/\.(ts|js)$/, '.d.ts')));
    for (const name of names) found.push([name, textOf(name, file)]);
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
}

type Parsed = {
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly comments: readonly Comment[];
};

function parse(path: string): Parsed {
  const text = readFileSync(path, 'utf8');
  const { program, comments } = parseSync(path, text);
  return { text, statements: program.body, comments };
}

/** A declaration with the comment right before it. */
function textOf(name: string, { text, statements, comments }: Parsed): string {
  const statement = statements.find((each) => nameOf(each) === name);
  if (statement === undefined) throw new Error(`no declaration of ${name} was found`);
  const comment = comments.find(({ end }) => end < statement.start && text.slice(end, statement.start).trim() === '');
  // What the head of a file says is about the file.
  const from = comment === undefined || comment.start === 0 ? statement.start : comment.start;
  return text.slice(from, statement.end).replace(/^(export )(declare )?/gm, '');
}

function nameOf(statement: Statement): string | undefined {
  if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) return undefined;
  const { declaration } = statement;
  return 'id' in declaration && declaration.id && 'name' in declaration.id ? declaration.id.name : undefined;
}
