/** Signals from outside: each is kept, in order, until a step takes it; one signal ends the wait of one step. */

import type { RunInput } from './contract.ts';
import { type Decision, record } from './decision.ts';
import type { RunEvent } from './event.ts';
import { itemsAdded, takeKept, takesItems } from './items.ts';
import { badField, type Failures, itemSignalsAmong, type Taken, waitFor } from './matching.ts';
import { choose } from './options.ts';
import { succeedStep } from './settle.ts';
import { keyOf, type RunState, type Signal, type StepRun } from './state.ts';

type Resumed = Extract<RunEvent, { e: 'resumed' }>;
type SignalInput = Extract<RunInput, { kind: 'signal' }>;

/** A signal has come. The step that has waited longest takes it; while the execution is paused, nobody does. */
export function hearSignal(d: Decision, { at, name, payload }: SignalInput): void {
  const signal: Signal = { number: d.state.signals.next, name, payload, at };
  const failures: Failures = { first: undefined };
  const taker = d.state.paused ? undefined : takerOf(d, signal, failures);
  record(d, {
    e: 'signalled',
    at,
    g: signal.number,
    n: name,
    ...(payload === null ? {} : { d: payload }),
    ...(taker === undefined ? {} : keyOf(taker.run)),
    ...(taker === undefined || taker.option === null ? {} : { b: taker.option }),
    ...badField(failures.first),
  });
  if (taker !== undefined) wake(d, taker.run, taker.option);
}

type Taker = { readonly run: StepRun; readonly option: string | null };

function takerOf(d: Decision, signal: Signal, failures: Failures): Taker | undefined {
  for (const run of d.state.signals.waiting) {
    if (!canTake(d, run)) continue;
    const wait = waitFor(d, run, { signal, isNew: true, failures });
    if (wait !== undefined) return { run, option: wait.option };
  }
  return undefined;
}

function canTake(d: Decision, run: StepRun): boolean {
  return run.step.work.kind !== 'for_each' || takesItems(d, run, run.step.work);
}

function wake(d: Decision, run: StepRun, option: string | null): void {
  if (run.step.work.kind === 'for_each') itemsAdded(d, run);
  else if (run.step.work.kind === 'wait_any') choose(d, run, option);
  else succeedStep(d, run, run.signal?.payload ?? null);
}

/** A paused execution goes on: steps that wait take what came meanwhile, the one that has waited longest first. */
export function resumeWaits(d: Decision, fields: Pick<Resumed, 'sc' | 'by'>): void {
  const failures: Failures = { first: undefined };
  const takers = takersOfKept(d, failures);
  record(d, { e: 'resumed', at: d.at, ...fields, ...badField(failures.first) });
  for (const [run, taken] of takers) {
    if (!d.state.signals.waiting.has(run)) continue; // what was woken before has failed, and this was withdrawn
    if ('several' in taken) {
      if (canTake(d, run)) takeKept(d, run, taken.several);
      continue;
    }
    const { signal, option } = taken;
    record(d, { e: 'begun', ...keyOf(run), at: d.at, g: signal.number, ...(option === null ? {} : { b: option }) });
    wake(d, run, option);
  }
}

/** No signal goes to two, and none to a step whose time was over before it came. */
function takersOfKept(d: Decision, failures: Failures) {
  const { kept, waiting } = d.state.signals;
  const left = new Set(kept.values());
  const takers = new Map<StepRun, Taken | { readonly several: readonly Signal[] }>();
  for (const run of waiting) {
    const due = dueOf(d.state, run);
    if (run.step.work.kind === 'for_each') {
      const several = itemSignalsAmong(d, run, { signals: [...left].filter(({ at }) => at <= due), failures });
      for (const signal of several) left.delete(signal);
      if (several.length > 0) takers.set(run, { several });
      continue;
    }
    for (const signal of left) {
      if (signal.at > due) break;
      const wait = waitFor(d, run, { signal, isNew: signal.number >= run.waitsFrom, failures });
      if (wait === undefined) continue;
      left.delete(signal);
      takers.set(run, { signal, option: wait.option });
      break;
    }
  }
  return takers;
}

function dueOf({ timers }: RunState, { timer }: StepRun): number {
  return (timer === null ? undefined : timers.get(timer)?.due) ?? Number.POSITIVE_INFINITY;
}
