/**
 * What an action returned, as JSON that can be stored: checked before it comes near the journal, where one bad value would
 * hold up the executions that share a flush with it. U+0000 and lone surrogates are data and pass.
 */
import type { Json } from '@cloudflow/core/json.ts';
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';

export type OutputLimits = {
  /** Of the output as JSON. */
  readonly maxOutputBytes: number;
  readonly maxOutputDepth: number;
};

/** No output is null; undefined fields are left out and dates become text, as JSON has it; what JSON would change is refused. */
export function storableOutput(output: unknown, limits: OutputLimits): AttemptOutcome {
  try {
    const walk: Walk = { nodes: 0, needsCopy: false, limits };
    const problem = problemOf(output ?? null, 0, walk);
    if (problem) return refused('unstorable_value', `The output of the action cannot be stored: ${problem}`);
    if (walk.nodes > limits.maxOutputBytes) return tooLarge(limits);
    const text = JSON.stringify(output ?? null) ?? 'null';
    if (Buffer.byteLength(text) > limits.maxOutputBytes) return tooLarge(limits);
    return { output: walk.needsCopy ? (JSON.parse(text) as Json) : ((output ?? null) as Json) };
  } catch (error) {
    // A getter, a proxy or a toJSON of the value threw.
    const reason = error instanceof Error ? error.message : String(error);
    return refused('unstorable_value', `The output of the action cannot be read: ${reason}`);
  }
}

type Walk = { nodes: number; needsCopy: boolean; readonly limits: OutputLimits };

function problemOf(value: unknown, depth: number, walk: Walk): string | undefined {
  walk.nodes += 1;
  // Each node is at least a byte: more of them than bytes allowed is too large, however often one object is shared.
  if (walk.nodes > walk.limits.maxOutputBytes) return undefined;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `it holds ${value}`;
    case 'undefined':
      walk.needsCopy = true;
      return undefined;
    case 'object':
      return value === null ? undefined : problemOfObject(value, depth, walk);
    default:
      return `it holds a ${typeof value}`;
  }
}

function problemOfObject(value: object, depth: number, walk: Walk): string | undefined {
  // Also where a cycle ends.
  if (depth >= walk.limits.maxOutputDepth) return `it is nested deeper than ${walk.limits.maxOutputDepth}`;
  if (Array.isArray(value)) return firstProblem(value, depth, walk);
  if (ArrayBuffer.isView(value)) return 'it holds binary data';
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    walk.needsCopy = true;
    return problemOf(value.toJSON(), depth + 1, walk);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `it holds an instance of ${value.constructor.name}`;
  return firstProblem(Object.values(value), depth, walk);
}

function firstProblem(values: readonly unknown[], depth: number, walk: Walk): string | undefined {
  for (const value of values) {
    const problem = problemOf(value, depth + 1, walk);
    if (problem) return problem;
  }
  return undefined;
}

function tooLarge({ maxOutputBytes }: OutputLimits): AttemptOutcome {
  return refused('output_too_large', `The output is larger than ${maxOutputBytes} bytes as JSON`);
}

function refused(code: string, message: string): AttemptOutcome {
  return { error: { code, message, retryable: false } };
}
