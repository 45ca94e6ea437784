/** The steps of a run on a terminal, written over as they move. */
import type { JournalEvent } from '@cloudflow/sdk/client/index.ts';
import type { Paint, Style } from '../../output/paint.ts';
import { oneLine } from '../../output/plain-text.ts';
import { durationText } from '../../output/time-text.ts';
import type { OutputStream } from '../../world.ts';
import { errorText, stepOf } from './event-words.ts';

export type LiveSteps = { show(event: JournalEvent): void; end(): void };

type StepLine = { word: Word; begunAt: number | null; endedAt: number | null; note: string };
type Word = keyof typeof words;

const words = {
  executing: { sign: '●', style: 'cyan' },
  waiting: { sign: '◌', style: 'cyan' },
  retrying: { sign: '↻', style: 'yellow' },
  success: { sign: '✓', style: 'green' },
  failed: { sign: '✗', style: 'red' },
  skipped: { sign: '–', style: 'dim' },
} as const satisfies Record<string, { sign: string; style: Style }>;

const wordOf: Readonly<Record<string, Word>> = {
  step_started: 'executing',
  block_opened: 'executing',
  step_retrying: 'retrying',
  step_held: 'waiting',
  step_succeeded: 'success',
  step_failed: 'failed',
  step_skipped: 'skipped',
};

/** So that a clock runs where nothing else does. */
const tickMs = 1_000;
/** A run of thousands of steps writes no more often than the eye sees. */
const leastMs = 60;

export function createLiveSteps(stream: OutputStream & { readonly rows?: number }, paint: Paint): LiveSteps {
  const lines = new Map<string, StepLine>();
  let written = 0;
  let pending: NodeJS.Timeout | undefined;
  const draw = () => {
    pending = undefined;
    const shown = text(lines, { paint, rows: (stream.rows ?? 24) - 2, width: stream.columns ?? 80 });
    const back = written === 0 ? '' : `\x1b[${written}A\x1b[J`;
    stream.write(`${back}${shown.map((line) => `${line}\n`).join('')}`);
    written = shown.length;
  };
  const clock = setInterval(draw, tickMs);
  return {
    show(event) {
      note(lines, event);
      pending ??= setTimeout(draw, leastMs);
    },
    end() {
      clearInterval(clock);
      clearTimeout(pending);
      draw();
    },
  };
}

function note(lines: Map<string, StepLine>, event: JournalEvent): void {
  const word = wordOf[event.type];
  const step = stepOf(event);
  if (word === undefined || step === null) return;
  const at = event.at === null ? null : Date.parse(event.at);
  const line = lines.get(step) ?? { word, begunAt: at, endedAt: null, note: '' };
  const isOver = word === 'success' || word === 'failed' || word === 'skipped';
  lines.set(step, { ...line, word, endedAt: isOver ? at : null, note: errorText(event).trim() });
}

type Look = { readonly paint: Paint; readonly rows: number; readonly width: number };

/** What does not fit is counted: the steps that moved last are those that are looked at. */
function text(lines: ReadonlyMap<string, StepLine>, { paint, rows, width }: Look): readonly string[] {
  const now = Date.now();
  const all = [...lines];
  const hidden = Math.max(0, all.length - rows);
  const shown = all.slice(hidden).map(([step, line]) => {
    const { sign, style } = words[line.word];
    const took = line.begunAt === null ? '' : durationText((line.endedAt ?? now) - line.begunAt);
    const plain = oneLine([line.word.padEnd(9), step, took, line.note].filter((each) => each !== '').join('  '));
    return `${paint(style, sign)} ${plain.slice(0, Math.max(10, width - 3))}`;
  });
  return hidden === 0 ? shown : [paint('dim', `… ${hidden} steps before these`), ...shown];
}
