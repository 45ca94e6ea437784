/** Files of cases: found, read, checked against their schema, and brought together with the workflow that they are of. */
import { glob, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { compileValid } from '@cloudflow/core/definition/json-schema/compile-schema.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import { caseFileSchema } from '@cloudflow/core/test-run/case-schema.ts';
import type { HttpMock } from '@cloudflow/core/test-run/http-mocks.ts';
import type { StepMocks } from '@cloudflow/core/test-run/step-mocks.ts';
import { type DefinitionFile, readDefinitionFile } from '../definition/definition-file.ts';
import { Failure, type Place, usageFailure } from '../failure/failure.ts';
import type { World } from '../world.ts';
import type { TestedError } from './expectation.ts';

export type Mocks = { readonly steps?: StepMocks; readonly http?: readonly HttpMock[] };
export type ExpectedStep = {
  readonly status?: string;
  readonly attempts?: number;
  readonly runs?: number;
  readonly input?: Json;
  readonly input_contains?: Json;
  readonly output?: Json;
  readonly output_contains?: Json;
  readonly error?: TestedError;
};
export type Expectation = {
  readonly status?: string;
  readonly wait_reason?: string;
  readonly output?: Json;
  readonly output_contains?: Json;
  readonly error?: TestedError;
  readonly path?: readonly string[];
  readonly duration?: number | string;
  readonly steps?: { readonly [idOrPath: string]: ExpectedStep };
  readonly assert?: readonly string[];
};
export type TestCase = {
  readonly name: string;
  readonly input?: Json;
  readonly variables?: JsonObject;
  readonly now?: string;
  readonly mocks?: Mocks;
  readonly signals?: readonly { readonly name: string; readonly at?: number | string; readonly payload?: Json }[];
  readonly cancel_at?: number | string;
  readonly expect: Expectation;
};
export type Cases = {
  readonly definition?: string;
  readonly workflows?: readonly string[];
  readonly worker_types?: readonly string[];
  readonly now?: string;
  readonly mocks?: Mocks;
  readonly cases: readonly TestCase[];
};

export type CaseFile = {
  readonly file: DefinitionFile;
  readonly path: string;
  readonly cases: Cases;
  readonly definition: DefinitionFile;
  /** The files of workflows that it calls. */
  readonly called: readonly DefinitionFile[];
};

const isCaseFile = (path: string): boolean => /\.test\.(ya?ml|json)$/.test(path);
const definitionEndings = ['.json', '.yaml', '.yml', '.ts', '.mts', '.js', '.mjs'];
const checked = compileValid(caseFileSchema);

/** All files that are named, and all of folders that are named. */
export async function findCaseFiles(given: readonly string[], { cwd }: World): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const each of given) {
    const path = resolve(cwd, each);
    const is = await stat(path).catch(() => null);
    if (is === null) throw usageFailure(`${each} does not exist.`);
    if (!is.isDirectory()) found.add(path);
    else for (const inside of await filesIn(path)) found.add(inside);
  }
  if (found.size > 0) return [...found];
  throw usageFailure(
    `There is no file of cases in ${given.join(', ')}.`,
    'Beside order.json they are called order.test.yaml; `cloudflow test --help` shows one.',
  );
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const hidden = /(^|[\\/])(node_modules|\.[^\\/.]+)/;
  for await (const each of glob('**/*.test.{yaml,yml,json}', { cwd: folder, exclude: (name) => hidden.test(name) }))
    found.push(join(folder, each));
  return found.sort();
}

/** Throws a `Failure` that names the places. */
export async function readCaseFile(path: string, world: World): Promise<CaseFile> {
  const file = await readDefinitionFile(path, world);
  const problems = checked.check(file.document);
  if (problems.length > 0) throw invalid(file, problems);
  const cases = file.document as unknown as Cases;
  const folder = dirname(path);
  const beside = (name: string) => readDefinitionFile(resolve(folder, name), world);
  const definition = cases.definition ?? (await ownDefinition(path));
  return {
    file,
    path,
    cases,
    definition: await beside(definition),
    called: await Promise.all((cases.workflows ?? []).map(beside)),
  };
}

async function ownDefinition(path: string): Promise<string> {
  const stem = path.replace(/\.test\.(ya?ml|json)$/, '');
  if (!isCaseFile(path))
    throw usageFailure(`${basename(path)} does not say of which workflow it is.`, 'Add `definition: FILE` to it.');
  for (const ending of definitionEndings)
    if ((await stat(stem + ending).catch(() => null)) !== null) return stem + ending;
  throw usageFailure(
    `There is no ${basename(stem)}.json (or .yaml, .ts) beside ${basename(path)}.`,
    'Add `definition: FILE` to it.',
  );
}

/** The pointers become lines that an editor can jump to. */
export function invalid(file: DefinitionFile, places: readonly Place[]): Failure {
  const placed = places.map((each) => ({ ...each, message: `${file.placeOf(each.pointer)} ${each.message}` }));
  return new Failure(`${file.name} is not right.`, { ending: 'validation', code: 'invalid_cases', places: placed });
}
