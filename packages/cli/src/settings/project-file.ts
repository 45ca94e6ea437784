/** `cloudflow.yaml`: what holds for one project, found in this folder or the nearest one above. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { closest } from '@cloudflow/core/text/suggest.ts';
import { parse } from 'yaml';
import { Failure, usageFailure } from '../failure/failure.ts';
import { type OutputForm, outputForms } from '../program/global-options.ts';

export const projectFileName = 'cloudflow.yaml';

export type Project = {
  /** Where the file is, or where the command was given when there is none. */
  readonly folder: string;
  /** Null when there is none. */
  readonly file: string | null;
  readonly url?: string;
  readonly profile?: string;
  readonly output?: OutputForm;
  /** Folders of definitions, of actions and of tests, below `folder`. */
  readonly workflows: string;
  readonly actions: string;
  readonly tests: string;
};

const preset = { workflows: 'workflows', actions: 'actions', tests: 'tests' } as const;
const fields = ['url', 'profile', 'output', 'workflows', 'actions', 'tests'] as const;
type Field = (typeof fields)[number];

export async function findProject(cwd: string): Promise<Project> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, projectFileName);
    const text = await textOf(file);
    if (text !== null) return { ...preset, ...readProject(text, file), folder, file };
    if (dirname(folder) === folder) return { ...preset, folder: cwd, file: null };
  }
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return null;
    throw new Failure(`${file} cannot be read: ${message}.`, { ending: 'usage', cause: error });
  }
}

export function readProject(text: string, file: string): Partial<Project> {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    throw usageFailure(`${file} is not YAML: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usageFailure(`${file} should hold fields such as \`workflows: ./workflows\`.`);
  const found: { [field in Field]?: string } = {};
  for (const [name, given] of Object.entries(value)) found[checkedName(name, file)] = checkedText(name, given, file);
  const { output, ...rest } = found;
  return { ...rest, ...(output !== undefined && { output: checkedOutput(output, file) }) };
}

function checkedName(name: string, file: string): Field {
  const field = fields.find((each) => each === name);
  if (field !== undefined) return field;
  if (name === 'api_key')
    throw usageFailure(
      `${file} holds an \`api_key\`: a key does not belong into a file that others get.`,
      'Take it out, and log in with `cloudflow auth login` or set CLOUDFLOW_API_KEY.',
    );
  const meant = closest(name, fields);
  throw usageFailure(
    `${file}: there is no field \`${name}\`.`,
    meant === undefined ? `There are ${fields.join(', ')}.` : `Did you mean \`${meant}\`?`,
  );
}

function checkedText(name: string, given: unknown, file: string): string {
  if (typeof given === 'string' && given !== '') return given;
  throw usageFailure(`${file}: \`${name}\` should be a text.`);
}

function checkedOutput(text: string, file: string): OutputForm {
  const form = outputForms.find((each) => each === text);
  if (form !== undefined) return form;
  throw usageFailure(`${file}: \`output\` should be one of ${outputForms.join(', ')}.`);
}
