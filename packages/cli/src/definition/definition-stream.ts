/** Files that hold several definitions, as an export writes them. */
import { extname, relative } from 'node:path';
import { isJsonObject } from '@cloudflow/core/json.ts';
import { parseAllDocuments } from 'yaml';
import { readStdin, readTextFile } from '../input/json-argument.ts';
import type { World } from '../world.ts';
import { type DefinitionFile, findDefinitionFiles, readDefinitionFile, readText } from './definition-file.ts';

export async function readDefinitionStreams(
  given: readonly string[],
  world: World,
): Promise<readonly DefinitionFile[]> {
  if (given.length === 1 && given[0] === '-') return split(await readStdin(world, 'definitions'), 'stdin');
  const files: DefinitionFile[] = [];
  for (const path of await findDefinitionFiles(given, world)) {
    const isData = /^\.(json|ya?ml)$/.test(extname(path));
    const name = relative(world.cwd, path) || path;
    files.push(...(isData ? split(await readTextFile(path), name) : [await readDefinitionFile(path, world)]));
  }
  return files;
}

function split(text: string, name: string): readonly DefinitionFile[] {
  const parts = partsOf(text);
  return parts.map((part, at) =>
    readText(part, { name: parts.length === 1 ? name : `${name}#${at + 1}`, path: undefined }),
  );
}

function partsOf(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map((each) => JSON.stringify(each, null, 2)) : [text];
  } catch {
    return isLines(text) ? text.trim().split('\n') : documentsOf(text);
  }
}

function isLines(text: string): boolean {
  const lines = text.trim().split('\n');
  return lines.length > 1 && lines.every((line) => isObjectText(line));
}

function isObjectText(line: string): boolean {
  try {
    return isJsonObject(JSON.parse(line));
  } catch {
    return false;
  }
}

/** Cut where the parser sees a new document: a line of three hyphens may also stand inside a text. */
function documentsOf(text: string): readonly string[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents) || documents.length < 2) return [text];
  return documents
    .map(({ range }, at) => text.slice(at === 0 ? 0 : range[0], range[2]))
    .filter((part) => part.trim() !== '');
}
