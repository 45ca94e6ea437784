/** What is too long. Tests may have long functions (a `describe` is a list), but no file may be long. */
import type { FileSize } from './measure.ts';

export const MAX_FILE_LINES = 400;
export const MAX_FUNCTION_LINES = 60;

/** `path#function`, and why it is better long than cut. */
export type Allowed = Readonly<Record<string, string>>;

/** One sentence for each thing that is too long, and for each permission that nothing needs any more. */
export function excesses(files: readonly FileSize[], allowed: Allowed): string[] {
  const used = new Set<string>();
  const found = files.flatMap(({ path, lines, functions }) => [
    ...(lines > MAX_FILE_LINES ? [`${path} has ${lines} lines, more than ${MAX_FILE_LINES}: split it by topic`] : []),
    ...functions.flatMap(({ name, line, lines: length }) => {
      if (length <= MAX_FUNCTION_LINES || /\.(test|conformance)\.ts$/.test(path)) return [];
      const key = `${path}#${name}`;
      used.add(key);
      const advice = 'split it, or say in tools/size/allowed-functions.json why not';
      return allowed[key]
        ? []
        : [`${path}:${line} ${name} has ${length} lines, more than ${MAX_FUNCTION_LINES}: ${advice}`];
    }),
  ]);
  const idle = Object.keys(allowed).filter((key) => !used.has(key));
  return [...found, ...idle.map((key) => `tools/size/allowed-functions.json allows ${key}, which is not too long`)];
}
