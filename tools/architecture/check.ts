/** Runs all rules over a tree. */
import { checkArrows } from './rules/arrows.ts';
import { checkCycles } from './rules/cycles.ts';
import { checkEnvironment } from './rules/environment.ts';
import { checkNames } from './rules/names.ts';
import { checkPurity } from './rules/purity.ts';
import { checkRoutes } from './rules/routes.ts';
import { checkSql } from './rules/sql.ts';
import type { SourceFile } from './source-file.ts';
import { readTree } from './source-tree.ts';
import type { Violation } from './violation.ts';

export type Checked = { readonly violations: readonly Violation[]; readonly files: number; readonly imports: number };

const RULES = [checkArrows, checkPurity, checkEnvironment, checkSql, checkRoutes, checkNames];

/**
 * Checks what is under `root`. A checker that sees nothing agrees with everything, as one of the well-known ones does
 * under TypeScript 7: fewer files than `atLeast`, or files without an import between them, are a violation themselves.
 */
export function checkArchitecture(root: string, { atLeast }: { readonly atLeast: number }): Checked {
  const files = readTree(root);
  const imports = files.flatMap((file) => file.imports.filter(({ target }) => target !== undefined)).length;
  const violations = [
    ...blindness(files.length, imports, atLeast),
    ...files.flatMap(checkSyntax),
    ...files.flatMap((file) => RULES.flatMap((rule) => rule(file))),
    ...checkCycles(files),
  ];
  return { violations, files: files.length, imports };
}

function blindness(files: number, imports: number, atLeast: number): Violation[] {
  if (files >= atLeast && imports > 0) return [];
  const message = `the checker saw ${files} files and ${imports} imports between them where at least ${atLeast} files were expected, so its silence says nothing`;
  return [{ path: 'tools/architecture', line: 1, message }];
}

function checkSyntax({ path, parseError }: SourceFile): Violation[] {
  return parseError === undefined ? [] : [{ path, line: 1, message: `cannot be read: ${parseError}` }];
}
