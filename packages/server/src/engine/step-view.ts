/** The steps of an execution as the API shows them. What a step was given may have to be evaluated, so it is done row by row. */
import { setImmediate as turn } from 'node:timers/promises';
import type { RunContext } from '@cloudflow/core/run/contract.ts';
import type { StepRow } from '@cloudflow/core/run/step-rows.ts';
import { iso } from './execution-view.ts';

/** Rows are shown until they are so long together; the next page has the rest. */
const MOST_CHARACTERS = 8_000_000;

/**
 * The rows as JSON texts, in order: at least one where there are any, and fewer than were asked for when they are large.
 *
 * @throws the signal's reason, when who asked has gone
 */
export async function stepTexts(
  rows: readonly StepRow[],
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const texts: string[] = [];
  let size = 0;
  for (const row of rows) {
    signal.throwIfAborted();
    const text = stepText(row, context);
    if (size > 0 && size + text.length > MOST_CHARACTERS) break;
    texts.push(text);
    size += text.length;
    // Others get their turn: two hundred expressions that cost all they may take longer than anybody should wait.
    await turn();
  }
  return texts;
}

function stepText({ startedAt, finishedAt, input, ...row }: StepRow, context: RunContext): string {
  return JSON.stringify({
    ...row,
    input: input(context),
    started_at: iso(startedAt),
    finished_at: iso(finishedAt),
    duration_ms: startedAt === null || finishedAt === null ? null : finishedAt - startedAt,
  });
}
