/** One line of a log: when, how grave, who told it, and what. */
import type { Style } from '../../output/paint.ts';
import type { Word } from '../../output/words.ts';
import type { LogLine } from './follow-log.ts';

const styles: Readonly<Record<LogLine['level'], Style>> = { debug: 'dim', info: 'cyan', warn: 'yellow', error: 'red' };

export function logWords({ at, level, step, attempt, message, fields }: LogLine): readonly Word[] {
  const again = attempt === null || attempt <= 1 ? '' : ` (attempt ${attempt})`;
  const more = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [
    ['dim', at ?? ''],
    [styles[level] ?? 'bold', level.toUpperCase().padEnd(5)],
    ...(step === null ? [] : [`${step}${again}`]),
    message,
    ['dim', more.join(' ')],
  ];
}
