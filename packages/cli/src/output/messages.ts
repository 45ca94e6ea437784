/** stderr: what the program says while it works. Never data. What a terminal would obey is shown instead. */
import type { OutputStream } from '../world.ts';
import type { Paint } from './paint.ts';
import { plainText } from './plain-text.ts';

export type Messages = {
  /** What was done, in a line; not with `--quiet`. */
  say(text: string): void;
  warn(text: string): void;
  /** Only with `--verbose`. */
  detail(text: string): void;
  /** Whether a line that is written over and over makes sense here. */
  readonly isLive: boolean;
  readonly paint: Paint;
};

export function createMessages(
  stream: OutputStream,
  { quiet, verbose, paint }: { readonly quiet: boolean; readonly verbose: boolean; readonly paint: Paint },
): Messages {
  const write = (text: string) => void stream.write(`${text}\n`);
  return {
    say: (text) => (quiet ? undefined : write(plainText(text))),
    warn: (text) => write(`${paint('yellow', 'warning:')} ${plainText(text)}`),
    detail: (text) => (verbose ? write(paint('dim', plainText(text))) : undefined),
    isLive: stream.isTTY === true && !quiet,
    paint,
  };
}
