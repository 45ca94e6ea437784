/** One event of a journal as words of a line: when, what, where, and what came of it. */
import type { JournalEvent } from '@cloudflow/sdk/client/index.ts';
import type { Style } from '../../output/paint.ts';
import type { Word } from '../../output/words.ts';

const styles: Readonly<Record<string, Style>> = {
  step_succeeded: 'green',
  step_failed: 'red',
  item_failed: 'red',
  compensation_failed: 'red',
  step_retrying: 'yellow',
  step_skipped: 'dim',
};
/** Said by the line itself, or of use to programs only. */
const said = new Set(['id', 'seq', 'type', 'at', 'step_id', 'scope', 'round', 'key', 'secret_marker', 'error']);
const longestLine = 240;

export function eventWords(event: JournalEvent): readonly Word[] {
  const { at, type } = event;
  return [
    ['dim', at ?? ''],
    [styles[type] ?? 'bold', type.replaceAll('_', ' ')],
    stepOf(event) ?? '',
    cut(`${errorText(event)}${detailText(event)}`),
  ];
}

/** Which run of which step it is about, as the path of the step; null when it is about the whole run. */
export function stepOf({ step_id, scope, round }: JournalEvent): string | null {
  if (step_id === undefined) return null;
  const inside = typeof scope === 'string' && scope !== '' ? `${scope}.` : '';
  const again = typeof round === 'number' && round > 0 ? ` (round ${round + 1})` : '';
  return `${inside}${step_id}${again}`;
}

export function errorText({ error }: JournalEvent): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return `${message ?? ''}${code === undefined ? '' : ` [${code}]`} `;
}

function detailText(event: JournalEvent): string {
  const rest = Object.entries(event).filter(
    ([name, value]) => !said.has(name) && value !== null && value !== undefined,
  );
  return rest.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ');
}

function cut(text: string): string {
  return text.length > longestLine ? `${text.slice(0, longestLine - 1)}…` : text;
}
