/** Which signal ends which wait. An expression that fails counts as no match, and is remembered for the journal. */
import type { Json } from '../json.ts';
import type { Decision, Place } from './decision.ts';
import type { MatchFailure } from './event.ts';
import { type SignalWait, signalWaits } from './kept-signals.ts';
import { evaluateCondition, timeText } from './scope-values.ts';
import type { Signal } from './state.ts';

/** `bad` tells of expressions that failed on the way, also when a signal was found. */
export type Judgement<Found> = { readonly found: Found | undefined; readonly bad: MatchFailure | undefined };
export type Taken = { readonly signal: Signal; readonly option: string | null };

/** Gathers the first failure and counts the others: a list of them could be as long as the signals. */
export type Failures = { first: MatchFailure | undefined };

/** The first kept signal that ends the wait of a step that begins. */
export function firstKept(d: Decision, place: Place): Judgement<Taken> {
  const failures: Failures = { first: undefined };
  for (const signal of d.state.signals.kept.values()) {
    const wait = waitFor(d, place, { signal, isNew: false, failures });
    if (wait !== undefined) return { found: { signal, option: wait.option }, bad: failures.first };
  }
  return { found: undefined, bad: failures.first };
}

type Question = { readonly signal: Signal; readonly isNew: boolean; readonly failures: Failures };

/** What the step waits for that this signal is; of several options the first. */
export function waitFor(d: Decision, place: Place, question: Question): SignalWait | undefined {
  return signalWaits(place.step.work).find((each) => fits(d, place, each, question));
}

function fits(
  d: Decision,
  { scope, step }: Place,
  { wait: { signal: name, match, transient } }: SignalWait,
  { signal, isNew, failures }: Question,
): boolean {
  if (signal.name !== name || (transient && !isNew)) return false;
  if (match === null) return true;
  const value: Json = { name, payload: signal.payload, received_at: timeText(signal.at) };
  const asked = evaluateCondition(d, scope, match, { lookup: (each) => (each === 'signal' ? value : undefined) });
  if ('value' in asked) return asked.value;
  const { code, message } = asked.error;
  failures.first = { ...(failures.first ?? { step: step.id, code, message }), count: (failures.first?.count ?? 0) + 1 };
  return false;
}

export function badField(bad: MatchFailure | undefined): { readonly bad?: MatchFailure } {
  return bad === undefined ? {} : { bad };
}
