/** What an expression sees inside an execution: names are looked up on demand, nothing is copied. */

import { longestText } from '../expression/budget.ts';
import {
  type Expression,
  ExpressionError,
  type Scope as ExpressionScope,
  Resolver,
  type Template,
} from '../expression/expression.ts';
import { isTooLarge } from '../expression/json-size.ts';
import { isJsonObject, type Json } from '../json.ts';
import { scopePath } from './apply.ts';
import { arrivalValue } from './arrived.ts';
import type { Decision } from './decision.ts';
import type { StepError } from './event.ts';
import { runAsOf, runInSight } from './in-sight.ts';
import { blockOutput } from './output.ts';
import type { Scope, StepRun } from './state.ts';

export type Evaluation = { readonly value: Json } | { readonly error: StepError };

/** Evaluates for a step (or the execution) in `scope`; a failing expression is an answer, not an exception. */
export function evaluate(d: Decision, scope: Scope, source: Expression | Template, more: More = {}): Evaluation {
  try {
    const value = source.evaluate(expressionScope(d, scope, more));
    return bounded(value, 'expression_too_expensive');
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const details = error.path === undefined ? {} : { details: { path: error.path } };
    return { error: { code: error.code, message: error.message, ...details } };
  }
}

/** A value that may be kept: nothing may be longer than the longest text, written as JSON. */
export function bounded(value: Json, code: 'expression_too_expensive' | 'output_too_large'): Evaluation {
  if (!isTooLarge(value)) return { value };
  return { error: { code, message: `The value would be over ${longestText} characters long as JSON.` } };
}

/** Evaluates a condition, which must be true or false. */
export function evaluateCondition(
  d: Decision,
  scope: Scope,
  condition: Expression,
  more: More = {},
): { readonly value: boolean } | { readonly error: StepError } {
  const asked = evaluate(d, scope, condition, more);
  if ('error' in asked) return asked;
  const { value } = asked;
  if (typeof value === 'boolean') return { value };
  const message = `a condition must be true or false, but is ${JSON.stringify(value)?.slice(0, 80)}.`;
  return { error: { code: 'expression_error', message } };
}

export function expressionScope(d: Decision, scope: Scope, more: More = {}): ExpressionScope {
  return {
    now: d.at,
    uuid: () => d.entropy.uuid(),
    spent(steps) {
      d.spent += steps;
    },
    lookup(name) {
      switch (name) {
        case 'input':
          return d.context.input;
        case 'vars':
          return d.state.vars;
        case 'steps':
          return new StepsResolver(d, scope, more.from ?? null);
        case 'result':
          return more.result;
        case 'index':
          return nearest(d, scope, 'item')?.index ?? outside(d, name);
        case 'loop':
          return loopOf(d, scope) ?? outside(d, name);
        case 'arrival':
          return more.lookup?.(name) ?? arrivalOf(d, scope) ?? outside(d, name);
        case 'error':
          return handledError(scope) ?? outside(d, name);
        case 'execution':
          return {
            id: d.context.executionId,
            started_at: timeText(d.state.startedAt),
            attempt: d.context.generation + 1,
          };
        case 'workflow':
          return { id: d.plan.workflowId, version: d.plan.version };
        case 'tenant':
          return { id: d.context.tenantId };
        case 'trigger':
          return outside(d, name) ?? d.context.trigger;
        default:
          return named(d, scope, name, more);
      }
    },
  };
}

/** Null is a value as any other: only what is not there is looked for further out. */
function named(d: Decision, scope: Scope, name: string, more: More): Json | undefined {
  const given = more.lookup?.(name);
  if (given !== undefined) return given;
  const item = itemNamed(d, scope, name);
  return item === undefined ? outside(d, name) : item;
}

/** What an item that is an execution of its own was given of this name. */
function outside({ context }: Decision, name: string): Json | undefined {
  return context.outside !== null && Object.hasOwn(context.outside, name) ? context.outside[name] : undefined;
}

/** Names that exist for this one evaluation. */
export type More = {
  readonly result?: Json;
  readonly lookup?: (name: string) => Json | undefined;
  /** The run that it is evaluated for, when it may be one that a `goto` left behind. */
  readonly from?: StepRun;
};

/** The nearest round, item or run that the scope stands in. */
function nearest(d: Decision, scope: Scope, kind: 'round' | 'item' | 'arrival'): Scope | undefined {
  for (let each: Scope | null = scope; each !== null; each = each.parent) {
    if (d.plan.blocks[each.block]?.kind === kind) return each;
  }
  return undefined;
}

function arrivalOf(d: Decision, scope: Scope): Json | undefined {
  const { owner = null, index = null, arrivals = null } = nearest(d, scope, 'arrival') ?? {};
  return owner === null || index === null || arrivals === null
    ? undefined
    : arrivalValue(d, owner, { index, arrivals });
}

/** `previous` is the output of the round before, null in the first. */
function loopOf(d: Decision, scope: Scope): Json | undefined {
  const round = nearest(d, scope, 'round');
  if (round === undefined || round.owner === null || round.index === null) return undefined;
  const before = round.index === 0 ? undefined : d.state.scopes.get(scopePath(d.plan, round.owner, round.index - 1));
  return { index: round.index, previous: before === undefined ? null : blockOutput(d.plan, before) };
}

/** The item of the nearest for_each that calls its items so. */
function itemNamed(d: Decision, scope: Scope, name: string): Json | undefined {
  for (let each: Scope | null = scope; each !== null; each = each.parent) {
    const { owner, index } = each;
    if (owner === null || index === null) continue;
    const { work } = owner.step;
    if (work.kind === 'for_each' && work.as === name) return itemsOf(d, owner)[index];
  }
  return undefined;
}

/** The items of a for_each that has begun: as recorded, or asked for again, with the same result. */
export function itemsOf(d: Decision, run: StepRun): readonly Json[] {
  if (run.itemList !== undefined) return run.itemList;
  const { work } = run.step;
  const recorded =
    run.input ?? (work.kind === 'for_each' ? work.items.evaluate(expressionScope(d, run.scope, { from: run })) : []);
  // A copy: signals may add to it, and it may be part of the input or of a recorded event.
  run.itemList = [...(Array.isArray(recorded) ? (recorded as readonly Json[]) : []), ...run.added.items];
  return run.itemList;
}

class StepsResolver extends Resolver {
  readonly #d: Decision;
  readonly #scope: Scope;
  readonly #from: StepRun | null;
  constructor(d: Decision, scope: Scope, from: StepRun | null) {
    super();
    this.#from = from;
    this.#d = d;
    this.#scope = scope;
  }
  field(id: string): Json | Resolver | undefined {
    const index = this.#d.plan.stepIndex.get(id);
    const step = index === undefined ? undefined : this.#d.plan.steps[index];
    if (step === undefined) return this.#around(id);
    return new StepResolver(runInSight(this.#scope, step, this.#from));
  }
  toJson(): Json {
    const all: [string, Json][] = [];
    let via = this.#from;
    for (let scope: Scope | null = this.#scope; scope !== null; scope = scope.parent) {
      for (const { step } of scope.runs.values())
        all.push([step.id, new StepResolver(runAsOf(scope, step.index, via)).toJson()]);
      via = scope.owner;
    }
    const around = outside(this.#d, 'steps');
    return { ...(isJsonObject(around) ? around : {}), ...Object.fromEntries(all) };
  }
  #around(id: string): Json | undefined {
    const around = outside(this.#d, 'steps');
    return isJsonObject(around) && Object.hasOwn(around, id) ? around[id] : undefined;
  }
}

class StepResolver extends Resolver {
  readonly #run: StepRun | undefined;
  constructor(run: StepRun | undefined) {
    super();
    this.#run = run;
  }
  field(name: string): Json | undefined {
    const run = this.#run;
    switch (name) {
      case 'output':
        return run?.output ?? null;
      case 'status':
        return run?.status ?? 'QUEUED';
      case 'error': // absent, so that has() asks whether it failed
        return run?.error ? errorValue(run.error) : undefined;
      case 'attempts':
        return run?.attempt ?? 0;
      case 'started_at':
        return timeText(run?.startedAt ?? null);
      case 'finished_at':
        return timeText(run?.endedAt ?? null);
      case 'case':
        return run?.chosen ?? null;
      default:
        return undefined;
    }
  }
  toJson(): Json {
    const names = ['output', 'status', 'error', 'attempts', 'started_at', 'finished_at'];
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = this.field(name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  }
}

function handledError(scope: Scope): Json | undefined {
  for (let each: Scope | null = scope; each !== null; each = each.parent)
    if (each.error !== null) return errorValue(each.error);
  return undefined;
}

function errorValue({ step, code, message, details }: StepError): Json {
  return { step: step ?? null, code, message, details: details ?? {} };
}

export function timeText(at: number | null): string | null {
  // A date made from a number reads no clock.
  return at === null ? null : new Date(at).toISOString();
}
