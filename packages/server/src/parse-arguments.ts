/** The words after the command. */
import { parseArgs } from 'node:util';
import { closest } from '@cloudflow/core/text/suggest.ts';
import { ConfigError } from './kernel/config/read-settings.ts';

export type Arguments = {
  readonly roles?: string;
  readonly command: 'start' | 'help' | 'print-config' | 'version';
};

const options = {
  roles: { type: 'string' },
  'print-config': { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws ConfigError */
export function parseArguments(words: readonly string[]): Arguments {
  const { values, tokens } = parseArgs({
    args: [...words],
    options,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const problems = tokens.flatMap((token) => {
    if (token.kind === 'positional') return [`${token.value}: there is no such command; --help says what there is`];
    if (token.kind !== 'option' || Object.hasOwn(options, token.name)) return [];
    const meant = closest(token.name, Object.keys(options));
    return [
      `${token.rawName}: there is no such option${meant === undefined ? '; --help lists all' : `, did you mean --${meant}?`}`,
    ];
  });
  if (values.roles !== undefined && (typeof values.roles !== 'string' || values.roles === ''))
    problems.push('--roles: expects a list of roles');
  if (problems.length > 0) throw new ConfigError(problems);
  const command = values.help ? 'help' : values.version ? 'version' : values['print-config'] ? 'print-config' : 'start';
  return { command, ...(typeof values.roles === 'string' && { roles: values.roles }) };
}
