/** The signals of an execution that no step has taken yet, as its journal tells of them. */
import type { SignalToWait, Work } from '../definition/plan.ts';
import { isJsonObject, type Json } from '../json.ts';
import type { RunState, Signal, StepRun } from './state.ts';

type ForEach = Extract<Work, { kind: 'for_each' }>;

export type SignalWait = { readonly option: string | null; readonly wait: SignalToWait };

/** The signals that a step waits for; `option` null for a plain `wait`. */
export function signalWaits(work: Work): readonly SignalWait[] {
  if (work.kind === 'wait') return 'signal' in work ? [{ option: null, wait: work }] : [];
  if (work.kind === 'for_each') return work.adds === null ? [] : itemSignals(work.adds);
  if (work.kind !== 'wait_any') return [];
  return work.options.flatMap((option) => ('signal' in option ? [{ option: option.name, wait: option }] : []));
}

/** It takes every one that comes, kept ones included. */
function itemSignals({ signal, closedBy }: NonNullable<ForEach['adds']>): readonly SignalWait[] {
  return [signal, ...(closedBy === null ? [] : [closedBy])].map((name) => ({
    option: null,
    wait: { signal: name, match: null, transient: false },
  }));
}

/** What the signal that a for_each took last means to it. */
export function addItems({ added, itemList, signal }: StepRun, { adds }: ForEach): void {
  if (adds === null || signal === null) return;
  if (signal.name === adds.closedBy) added.closed = true;
  for (const item of (signal.name === adds.signal ? itemsIn(signal.payload) : null) ?? []) {
    added.items.push(item);
    itemList?.push(item);
  }
}

/** The items of `{ items: [...] }`; null for any other payload. */
export function itemsIn(payload: Json): readonly Json[] | null {
  const items = isJsonObject(payload) ? payload['items'] : undefined;
  return Array.isArray(items) ? (items as readonly Json[]) : null;
}

export function waitsForSignal(work: Work): boolean {
  return signalWaits(work).length > 0;
}

export function keepSignal({ signals }: RunState, signal: Signal): void {
  signals.next = signal.number + 1;
  signals.kept.set(signal.number, signal);
}

/** The wait of the run is over: nobody else gets this signal. */
export function takeSignal({ signals }: RunState, run: StepRun, number: number): void {
  run.signal = signals.kept.get(number) ?? null;
  signals.kept.delete(number);
}
