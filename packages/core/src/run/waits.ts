/** `wait`: for a time, or for a signal. */
import { parseDuration, parseTimestamp } from '../definition/duration.ts';
import type { SignalToWait, TimeToWait, Work } from '../definition/plan.ts';
import type { Template } from '../expression/expression.ts';
import type { Json } from '../json.ts';
import { type Decision, type Place, record } from './decision.ts';
import type { StepError } from './event.ts';
import { badField, firstKept } from './matching.ts';
import { keyIn } from './scope.ts';
import { evaluate } from './scope-values.ts';
import { failStep, succeedStep } from './settle.ts';
import type { StepRun } from './state.ts';

type Wait = Extract<Work, { kind: 'wait' }>;
type SignalWait = Extract<Wait, SignalToWait>;

export function beginWait(d: Decision, place: Place, work: Wait): void {
  const asked = 'signal' in work ? latest(d, place, work) : dueOf(d, place, work);
  if ('error' in asked) return failStep(d, place, asked.error);
  const until = withinTimeout(d, place, asked.due);
  if (!('signal' in work)) return record(d, { e: 'begun', ...keyIn(place.scope, place.step), at: d.at, ...until });
  const { found, bad } = firstKept(d, place);
  const how = found === undefined ? until : { g: found.signal.number };
  record(d, { e: 'begun', ...keyIn(place.scope, place.step), at: d.at, ...how, ...badField(bad) });
  if (found !== undefined) succeedStep(d, place, found.signal.payload);
}

/** Its time is over, or the wait itself when it waits for a time. */
export function waitOver(d: Decision, run: StepRun, due: number): void {
  const { work, timeoutMs } = run.step;
  if (work.kind !== 'wait') return;
  const began = run.startedAt ?? d.at;
  if ('signal' in work) {
    if (work.onTimeout === 'continue') return succeedStep(d, run, null);
    const message = `The signal ${work.signal} did not come within ${due - began} ms.`;
    return failStep(d, run, { code: 'timeout', message, step: run.step.id });
  }
  // The earlier of what it waits for and its timeout was armed.
  if (timeoutMs !== null && due === began + timeoutMs) return failStep(d, run, timeoutError(run));
  succeedStep(d, run, { waited_ms: d.at - began });
}

export function timeoutError({ step: { id, timeoutMs } }: StepRun): StepError {
  return { code: 'timeout', message: `The step did not end within ${timeoutMs} ms.`, step: id };
}

/** When the wait for a signal is over at the latest by its own timeout; null: never. */
function latest(d: Decision, place: Place, { timeout }: SignalWait): Due<number | null> {
  return timeout === null ? { due: null } : dueOf(d, place, { for: timeout });
}

function withinTimeout(d: Decision, { step: { timeoutMs } }: Place, due: number | null): { readonly until?: number } {
  const over = timeoutMs === null ? null : d.at + timeoutMs;
  const until = due === null || over === null ? (due ?? over) : Math.min(due, over);
  return until === null ? {} : { until: Math.max(until, d.at) };
}

export type Due<When = number> = { readonly due: When } | { readonly error: StepError };

/** When this time is reached. */
export function dueOf(d: Decision, { scope, step }: Place, time: TimeToWait): Due {
  const source: Template = 'for' in time ? time.for : time.until;
  const asked = evaluate(d, scope, source);
  if ('error' in asked) return asked;
  const due = 'for' in time ? dueAfter(d.at, asked.value) : dueAt(asked.value);
  if (due !== null) return { due };
  const expected = 'for' in time ? 'a duration such as 5000, "10m" or "PT5S"' : 'a time such as "2026-01-31T09:00:00Z"';
  const given = JSON.stringify(asked.value)?.slice(0, 80);
  return { error: { code: 'expression_error', message: `${step.type} expected ${expected}, but got ${given}.` } };
}

/** Null when the value is no duration, or one beyond the range of dates. */
function dueAfter(at: number, value: Json): number | null {
  const ms = parseDuration(value);
  return ms === undefined ? null : inRange(at + ms);
}

function dueAt(value: Json): number | null {
  return inRange(typeof value === 'number' ? value : (parseTimestamp(value) ?? Number.NaN));
}

function inRange(at: number): number | null {
  const end = 8.64e15; // the last instant that a date can hold
  return Number.isFinite(at) && Math.abs(at) <= end ? Math.ceil(at) : null;
}
