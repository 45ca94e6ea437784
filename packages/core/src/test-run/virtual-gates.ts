/** The gates of a virtual world: concurrency keys and locks, asked for by its executions and by nobody else. */
import type { ConcurrencyStrategy, Plan } from '../definition/plan.ts';
import { ask, createGate, type Gate, type GateAnswer, leave } from '../gate/gate.ts';
import type { GateName, RunInput } from '../run/contract.ts';
import type { RunKey } from '../run/event.ts';
import type { GateEffect } from '../run/state.ts';

export type VirtualGates = {
  /** Answers go to `tell`, as inputs of the execution that they are for. */
  hear(effect: GateEffect, who: Asking, now: number): void;
};

export type Asking = { readonly execution: string; readonly plan: Plan };

export function createVirtualGates(tell: (execution: string, input: RunInput) => void): VirtualGates {
  const gates = new Map<string, Gate>();

  return {
    hear({ kind, gate: name, key }, { execution, plan }, now) {
      const id = idOf(name, plan);
      const gate = gates.get(id) ?? createGate();
      gates.set(id, gate);
      const holder = { execution, run: key === undefined ? '' : JSON.stringify(key) };
      const asked = { ...holder, since: now, priority: plan.priority, ...limitsOf(name, plan) };
      const { answers } = kind === 'ask' ? ask(gate, asked) : leave(gate, holder);
      for (const answer of answers) tell(answer.to.execution, inputOf(answer, now));
    },
  };
}

/** What a gate stands for belongs to the workflow, but for the locks of a tenant. */
function idOf({ of, key }: GateName, plan: Plan): string {
  return JSON.stringify([of, of === 'tenant' ? '' : plan.workflowId, key]);
}

function limitsOf(
  { of }: GateName,
  { concurrency }: Plan,
): { readonly limit: number; readonly strategy: ConcurrencyStrategy } {
  if (of !== 'concurrency' || concurrency === null) return { limit: 1, strategy: 'queue' };
  return { limit: concurrency.limit, strategy: concurrency.strategy };
}

function inputOf({ kind, to: { run } }: GateAnswer, at: number): RunInput {
  switch (kind) {
    case 'granted':
      return { kind, at, ...(run === '' ? {} : { key: JSON.parse(run) as RunKey }) };
    case 'cancel':
      return { kind, at, reason: 'a newer execution takes its place (concurrency strategy cancel_running)' };
    case 'rejected':
    case 'skipped':
      return { kind: 'turned_away', at, code: `concurrency_${kind}` };
  }
}
