/** The signals of an execution that no step has taken yet, as its journal tells of them. */
import type { SignalToWait, Work } from '../definition/plan.ts';
import type { RunState, Signal, StepRun } from './state.ts';

export type SignalWait = { readonly option: string | null; readonly wait: SignalToWait };

/** The signals that a step waits for; `option` null for a plain `wait`. */
export function signalWaits(work: Work): readonly SignalWait[] {
  if (work.kind === 'wait') return 'signal' in work ? [{ option: null, wait: work }] : [];
  if (work.kind !== 'wait_any') return [];
  return work.options.flatMap((option) => ('signal' in option ? [{ option: option.name, wait: option }] : []));
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
