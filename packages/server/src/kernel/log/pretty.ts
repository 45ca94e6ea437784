/** Turns the JSON lines of the log into one readable line each, for a terminal. */
import type { DestinationStream } from 'pino';

const shown = new Set(['level', 'time', 'pid', 'message', 'error', 'err', 'component']);
/** Everything that a terminal could take for a command. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/g;

export function createPrettyStream(sink: DestinationStream): DestinationStream {
  return { write: (line) => sink.write(`${prettyLine(line)}\n`) };
}

/** `12:30:01.123 WARN  engine  shard lost  shard=3 owner="…"`; control characters are spelled out. */
export function prettyLine(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown>;
  const head = `${String(entry.time).slice(11, 23)} ${String(entry.level).toUpperCase().padEnd(5)}`;
  const component = entry.component === undefined ? '' : ` ${String(entry.component)}:`;
  const fields = Object.entries(entry)
    .filter(([name]) => !shown.has(name))
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  return clean(
    `${head}${component} ${String(entry.message ?? '')}${fields.join('')}${errorText(entry.error ?? entry.err)}`,
  );
}

function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { type, message, code } = error as { type?: unknown; message?: unknown; code?: unknown };
  return ` — ${String(type ?? 'Error')}${code === undefined ? '' : ` [${String(code)}]`}: ${String(message)}`;
}

function clean(text: string): string {
  return text.replace(control, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
