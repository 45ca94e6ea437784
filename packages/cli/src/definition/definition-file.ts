/** A file that holds a workflow definition: JSON, YAML, or TypeScript that makes one. */
import { glob, stat } from 'node:fs/promises';
import { extname, join, relative, resolve } from 'node:path';
import type { Json } from '@cloudflow/core/json.ts';
import { type Document, isCollection, isNode, LineCounter, parseDocument } from 'yaml';
import { Failure, usageFailure } from '../failure/failure.ts';
import { readStdin, readTextFile } from '../input/json-argument.ts';
import type { World } from '../world.ts';
import { runDefinition } from './run-definition.ts';

export type DefinitionFile = {
  /** As it is shown: relative to where the command was given; `stdin`. */
  readonly name: string;
  /** Undefined for stdin. */
  readonly path: string | undefined;
  readonly document: Json;
  /** `file:line:column` of what a pointer points to, or the nearest thing around it. */
  placeOf(pointer: string): string;
  /** The text and its syntax tree; undefined for what is not text but a program. */
  readonly source: { readonly text: string; readonly tree: Document; readonly isJson: boolean } | undefined;
};

const ofData = ['.json', '.yaml', '.yml'];
const ofCode = ['.ts', '.mts', '.js', '.mjs'];

/** All files that are named, and all definitions in folders that are named. */
export async function findDefinitionFiles(given: readonly string[], { cwd }: World): Promise<readonly string[]> {
  const found: string[] = [];
  for (const each of given) {
    const path = resolve(cwd, each);
    const is = await stat(path).catch(() => null);
    if (is === null) throw usageFailure(`${each} does not exist.`);
    found.push(...(is.isDirectory() ? await filesIn(path) : [path]));
  }
  if (found.length === 0)
    throw usageFailure(
      `There is no definition in ${given.join(', ')}.`,
      'Definitions are .json, .yaml and .yml files, and programs named workflow.ts or NAME.workflow.ts.',
    );
  return found;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const each of glob('**/*', { cwd: folder, exclude: (name) => name.includes('node_modules') })) {
    if (isDefinitionFile(each)) found.push(join(folder, each));
  }
  return found.sort();
}

/** In a folder a program is run only where its name says that it makes a workflow: others do what nobody has asked for. */
export function isDefinitionFile(path: string): boolean {
  if (/(^|[\\/])\.|\.(test|d)\.[a-z]+$/.test(path)) return false;
  return ofData.includes(extname(path)) || /(^|[\\/.])workflow\.m?[tj]s$/.test(path);
}

export async function readDefinitionFile(path: string, world: World): Promise<DefinitionFile> {
  const name = relative(world.cwd, path) || path;
  return ofCode.includes(extname(path)) ? readCode(path, name) : readText(await readTextFile(path), { name, path });
}

/** All that are named, or `-` alone. */
export async function readDefinitionFiles(given: readonly string[], world: World): Promise<readonly DefinitionFile[]> {
  if (given.length === 1 && given[0] === '-') return [await readDefinition('-', world)];
  const paths = await findDefinitionFiles(given, world);
  return Promise.all(paths.map((path) => readDefinitionFile(path, world)));
}

/** What stands in `-`, or in the file. */
export async function readDefinition(given: string, world: World): Promise<DefinitionFile> {
  if (given !== '-') return readDefinitionFile(resolve(world.cwd, given), world);
  return readText(await readStdin(world, 'a definition'), { name: 'stdin', path: undefined });
}

/** JSON is YAML, but for a message that speaks of the one that was written. */
export function readText(
  text: string,
  { name, path }: { readonly name: string; readonly path: string | undefined },
): DefinitionFile {
  const isJson = path === undefined ? /^\s*[{[]/.test(text) : extname(path) === '.json';
  const lineCounter = new LineCounter();
  const tree = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [broken] = tree.errors;
  if (broken !== undefined) throw unreadable(`${at(broken.pos[0])}: ${broken.message}`, isJson);
  return {
    name,
    path,
    document: isJson ? strictJson(text, name) : toJson(tree, name),
    placeOf: (pointer) => at(offsetOf(tree, pointer)),
    source: { text, tree, isJson },
  };
}

function strictJson(text: string, name: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw unreadable(`${name}: ${error instanceof Error ? error.message : error}`, true);
  }
}

/** What YAML has and JSON has not (dates, sets, keys that are no text) is refused by what checks the definition. */
function toJson(tree: Document, name: string): Json {
  try {
    return (tree.toJS({ maxAliasCount: 100 }) ?? null) as Json;
  } catch (error) {
    throw unreadable(`${name}: ${error instanceof Error ? error.message : error}`, false);
  }
}

function unreadable(what: string, isJson: boolean): Failure {
  return new Failure(`${what.replace(/\s+$/, '')}`, {
    ending: 'validation',
    code: isJson ? 'malformed_json' : 'malformed_yaml',
    remedy: isJson
      ? 'Correct the JSON.'
      : 'Correct the YAML; text that holds `: ` or ` #`, as `${ }` may, stands in quotes.',
  });
}

function offsetOf(tree: Document, pointer: string): number {
  const path =
    pointer === ''
      ? []
      : pointer
          .slice(1)
          .split('/')
          .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let length = path.length; length > 0; length--) {
    const node = tree.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return keyOffset(tree, path.slice(0, length)) ?? node.range[0];
  }
  return tree.contents?.range?.[0] ?? 0;
}

/** Where its name stands, which is where people look. */
function keyOffset(tree: Document, path: readonly string[]): number | undefined {
  const around = path.length === 1 ? tree.contents : tree.getIn(path.slice(0, -1), true);
  if (!isCollection(around)) return undefined;
  for (const item of around.items) {
    const key = typeof item === 'object' && item !== null && 'key' in item ? item.key : undefined;
    if (isNode(key) && String(key) === path.at(-1)) return key.range?.[0];
  }
  return undefined;
}

async function readCode(path: string, name: string): Promise<DefinitionFile> {
  return { name, path, document: await runDefinition(path, name), placeOf: () => name, source: undefined };
}
