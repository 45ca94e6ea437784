/** Which signal ends which wait. An expression that fails counts as no match, and is remembered for the journal. */
import type { PlanStep, Work } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import type { Decision, Place } from './decision.ts';
import type { MatchFailure } from './event.ts';
import { itemsIn, type SignalWait, signalWaits } from './kept-signals.ts';
import { evaluateCondition, timeText } from './scope-values.ts';
import type { Signal } from './state.ts';

type ForEach = Extract<Work, { kind: 'for_each' }>;

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

/** The signals among these that a for_each takes, in order, the one that says that no more come the last. */
export function itemSignalsAmong(
  d: Decision,
  place: Place,
  { signals, failures }: { readonly signals: Iterable<Signal>; readonly failures: Failures },
): readonly Signal[] {
  const { work } = place.step;
  const taken: Signal[] = [];
  if (work.kind !== 'for_each' || work.adds === null) return taken;
  for (const signal of signals) {
    if (waitFor(d, place, { signal, isNew: false, failures }) === undefined) continue;
    taken.push(signal);
    if (signal.name === work.adds.closedBy) break;
  }
  return taken;
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
  if (step.work.kind === 'for_each') return bringsItems(step, step.work, signal, failures);
  if (match === null) return true;
  const value: Json = { name, payload: signal.payload, received_at: timeText(signal.at) };
  const asked = evaluateCondition(d, scope, match, { lookup: (each) => (each === 'signal' ? value : undefined) });
  if ('value' in asked) return asked.value;
  noteFailure(failures, { step: step.id, ...asked.error });
  return false;
}

/** What cannot be added is not taken: it stays kept, so that nothing that was sent is lost without a word. */
function bringsItems({ id }: PlanStep, { adds }: ForEach, { name, payload }: Signal, failures: Failures): boolean {
  if (name !== adds?.signal || itemsIn(payload) !== null) return true;
  const message = `The payload of ${name} is not { "items": [...] }, so it adds nothing.`;
  noteFailure(failures, { step: id, code: 'input_invalid', message });
  return false;
}

function noteFailure(failures: Failures, { step, code, message }: Omit<MatchFailure, 'count'>): void {
  failures.first = { ...(failures.first ?? { step, code, message }), count: (failures.first?.count ?? 0) + 1 };
}

export function badField(bad: MatchFailure | undefined): { readonly bad?: MatchFailure } {
  return bad === undefined ? {} : { bad };
}
