/**
 * One execution in virtual time: the rules (`core/run`) with what surrounds them as far as nobody else is needed for it.
 * Timers are notes in an agenda, gates are asked in the same world. What others have to do (run a try, start a child) is asked
 * of whoever drives it.
 */
import type { Plan } from '../definition/plan.ts';
import type { AttemptOutcome, Effect, Entropy, RunContext, RunInput } from '../run/contract.ts';
import { type Decided, decide } from '../run/decide.ts';
import type { RunEvent } from '../run/event.ts';
import { createState, type GateEffect, type RunState } from '../run/state.ts';

/** What somebody outside of the execution has to do. */
export type Outward = Exclude<Effect, { readonly kind: 'arm' | 'disarm' | 'ask' | 'leave' | 'end' }>;
export type End = Extract<Effect, { readonly kind: 'end' }>;

export type VirtualExecution = {
  readonly plan: Plan;
  readonly context: RunContext;
  readonly entropy: Entropy;
  /** Replaced where a process that holds it is to die. */
  state: RunState;
  readonly events: RunEvent[];
  readonly end: End | undefined;
  /** Decides, and carries out what follows. False: the rest is another turn's, which is noted. */
  hear(input: RunInput, now: number): boolean;
  /** The same for what was decided elsewhere, as when a state was rebuilt. */
  take(decided: Decided, at: number): boolean;
};

export type VirtualExecutionDeps = {
  readonly plan: Plan;
  readonly context: RunContext;
  readonly entropy: Entropy;
  readonly forgets?: boolean;
  readonly later: (at: number, input: RunInput) => void;
  readonly atGate: (effect: GateEffect, now: number) => void;
  readonly outward: (effect: Outward, now: number) => void;
};

export function createVirtualExecution(deps: VirtualExecutionDeps): VirtualExecution {
  const { plan, context, entropy, forgets = false, later, atGate, outward } = deps;
  const events: RunEvent[] = [];
  let end: End | undefined;

  function carryOut(effect: Effect, now: number): void {
    switch (effect.kind) {
      case 'arm':
        return later(effect.due, { kind: 'timer', timer: effect.timer, at: effect.due });
      case 'disarm':
        return; // a timer that is not armed any more is not heard
      case 'end':
        end = effect;
        return;
      case 'ask':
      case 'leave':
        return atGate(effect, now);
      default:
        return outward(effect, now);
    }
  }

  const execution: VirtualExecution = {
    plan,
    context,
    entropy,
    state: createState(plan, { forgets }),
    events,
    get end() {
      return end;
    },
    hear: (input, now) => execution.take(decide(plan, execution.state, input, { context, entropy }), now),
    take(decided, at) {
      events.push(...decided.events);
      for (const effect of decided.effects) carryOut(effect, at);
      if (decided.more) later(at, { kind: 'continue', at });
      return !decided.more;
    },
  };
  return execution;
}

/** What a try reports that was told to stop. */
export const stopped: AttemptOutcome = {
  error: { code: 'aborted', message: 'The try was stopped', retryable: true },
};
