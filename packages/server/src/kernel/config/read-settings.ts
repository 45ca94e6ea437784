/** Reads a table of settings from an environment, and says everything that is wrong with it at once. */
import { closest } from '@cloudflow/core/text/suggest.ts';
import { type Setting, SettingError } from './setting.ts';

export type Settings = { readonly [name: string]: Setting<unknown> };
export type Values<S extends Settings> = { readonly [name in keyof S]: S[name] extends Setting<infer T> ? T : never };
export type Environment = { readonly [key: string]: string | undefined };

export type ReadOptions = {
  /** Keys that begin so belong to us: an unknown one is a mistake. */
  readonly prefix: string;
  /** Keys with the prefix that other programs of ours read. */
  readonly foreign: readonly string[];
  readFile(path: string): string;
};

/** The configuration cannot be used. `problems` are lines for people. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** @throws ConfigError with every problem found */
export function readSettings<S extends Settings>(
  settings: S,
  environment: Environment,
  options: ReadOptions,
): Values<S> {
  const problems = unknownKeys(settings, environment, options);
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    try {
      const text = textOf(setting, environment, options);
      values[name] = text === null ? null : setting.type.parse(text);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      problems.push(`${setting.key}: ${error.message}${given(setting, environment)}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(values) as Values<S>;
}

function textOf(setting: Setting<unknown>, environment: Environment, { readFile }: ReadOptions): string | null {
  const direct = present(environment[setting.key]);
  const fileKey = `${setting.key}_FILE`;
  const file = setting.secret ? present(environment[fileKey]) : undefined;
  if (direct !== undefined && file !== undefined) throw new SettingError(`is given twice, here and by ${fileKey}`);
  if (file === undefined) return direct ?? setting.default;
  try {
    return readFile(file).trim();
  } catch (error) {
    throw new SettingError(
      `${fileKey} names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

/** Compose files and charts set what they do not mean to set to nothing. */
function present(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function given(setting: Setting<unknown>, environment: Environment): string {
  const text = environment[setting.key];
  return setting.secret || text === undefined ? '' : `, not "${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;
}

function unknownKeys(settings: Settings, environment: Environment, { prefix, foreign }: ReadOptions): string[] {
  const known = Object.values(settings).flatMap(({ key, secret }) => (secret ? [key, `${key}_FILE`] : [key]));
  return Object.keys(environment)
    .filter((key) => key.startsWith(prefix) && !known.includes(key) && !foreign.includes(key))
    .sort()
    .map((key) => {
      const meant = closest(key, known);
      return `${key}: there is no such setting${meant === undefined ? '; --help lists all of them' : `, did you mean ${meant}?`}`;
    });
}
