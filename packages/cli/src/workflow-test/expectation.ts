/** Whether a test run is as a case expects it. */
import { parseDuration } from '@cloudflow/core/definition/duration.ts';
import { pointerTo } from '@cloudflow/core/definition/pointer.ts';
import { compileExpression, ExpressionError } from '@cloudflow/core/expression/index.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import type { TestRun } from '@cloudflow/core/test-run/contract.ts';
import type { TestedStep } from '@cloudflow/core/test-run/tested-steps.ts';
import type { Expectation, ExpectedStep } from './case-file.ts';
import { type Difference, differences } from './difference.ts';

export type TestedError = {
  readonly code?: string;
  readonly message?: string;
  readonly step?: string;
  readonly details?: JsonObject;
};

/** `field` points into the `expect` of the case. */
export type Mismatch = {
  readonly field: string;
  readonly message: string;
  readonly differences: readonly Difference[];
  /** What would stand there, were this what is expected; undefined where that cannot be said. */
  readonly actual?: Json;
};

/** `began` false: the input was refused, and there was no run. */
export type Tested = TestRun & { readonly began: boolean };

export function mismatches(expected: Expectation, run: Tested): readonly Mismatch[] {
  const { output, output_contains, path, duration, wait_reason, steps = {}, assert = [] } = expected;
  const actual = run.began ? run.status : null;
  return [
    ...same('/status', expected.status ?? usualStatus(expected, run), actual),
    ...(wait_reason === undefined ? [] : same('/wait_reason', wait_reason, run.waitReason)),
    ...(output === undefined ? [] : same('/output', output, run.output)),
    ...(output_contains === undefined ? [] : holds('/output_contains', output_contains, run.output)),
    ...errorMismatches(expected, run),
    ...(path === undefined ? [] : same('/path', path, run.path)),
    ...(duration === undefined ? [] : same('/duration', parseDuration(duration) ?? null, run.durationMs)),
    ...Object.entries(steps).flatMap(([name, step]) => stepMismatches(name, step, run)),
    ...assert.flatMap((source, at) => assertion(pointerTo('/assert', at), source, run)),
  ];
}

/** When the case does not say: who expects an error expects the run to fail, or its input to be refused. */
function usualStatus({ error }: Expectation, { began }: Tested): Json {
  if (error === undefined) return 'COMPLETED';
  return began ? 'FAILED' : null;
}

/** An error that nobody expects is told, whatever else differs. */
function errorMismatches({ error, status }: Expectation, run: Tested): readonly Mismatch[] {
  const actual = run.error as unknown as Json;
  if (error !== undefined) return holds('/error', error, actual);
  if (run.error === null || (status !== undefined && status === run.status)) return [];
  const { code, message, step } = run.error;
  const where = step === undefined ? '' : ` in step ${step}`;
  return [{ field: '/error', message: `was not expected: ${code}${where}: ${message}`, differences: [] }];
}

function same(field: string, expected: Json, actual: Json): readonly Mismatch[] {
  return mismatch(field, actual, differences(expected, actual, { partly: false }));
}

function holds(field: string, expected: Json, actual: Json): readonly Mismatch[] {
  const found = differences(expected, actual, { partly: true });
  return mismatch(field, undefined, found);
}

function mismatch(field: string, actual: Json | undefined, found: readonly Difference[]): readonly Mismatch[] {
  if (found.length === 0) return [];
  return [{ field, message: 'is not as expected', differences: found, ...(actual === undefined ? {} : { actual }) }];
}

function stepMismatches(name: string, expected: ExpectedStep, run: TestRun): readonly Mismatch[] {
  const field = pointerTo('/steps', name);
  const rows = rowsNamed(run, name);
  const row = rows.at(-1);
  const { status, attempts, runs, input, input_contains, output, output_contains, error } = expected;
  if (row === undefined) return [{ field, message: 'there is no run of such a step', differences: [] }];
  const ran = rows.filter(didRun).length;
  return [
    ...(status === undefined ? [] : same(`${field}/status`, status, row.status)),
    ...(attempts === undefined ? [] : same(`${field}/attempts`, attempts, row.attempt)),
    ...(runs === undefined ? [] : same(`${field}/runs`, runs, ran)),
    ...(input === undefined ? [] : same(`${field}/input`, input, row.input)),
    ...(input_contains === undefined ? [] : holds(`${field}/input_contains`, input_contains, row.input)),
    ...(output === undefined ? [] : same(`${field}/output`, output, row.output)),
    ...(output_contains === undefined ? [] : holds(`${field}/output_contains`, output_contains, row.output)),
    ...(error === undefined ? [] : holds(`${field}/error`, error, row.error as unknown as Json)),
  ];
}

/** Steps of a workflow that is called stand behind the step that calls: `order/pay`. */
function rowsNamed({ steps, called }: TestRun, name: string): readonly TestedStep[] {
  const [call, own] = [name.slice(0, name.lastIndexOf('/')), name.slice(name.lastIndexOf('/') + 1)];
  if (name.includes('/'))
    return called.filter(({ calledBy }) => calledBy === call).flatMap((each) => named(each.steps, own));
  return named(steps, name);
}

function named(steps: readonly TestedStep[], name: string): readonly TestedStep[] {
  const byPath = steps.filter(({ path }) => path === name);
  return byPath.length > 0 ? byPath : steps.filter(({ step_id }) => step_id === name);
}

export function didRun({ status, startedAt }: TestedStep): boolean {
  return status !== 'SKIPPED' && status !== 'QUEUED' && startedAt !== null;
}

function assertion(field: string, source: string, run: TestRun): readonly Mismatch[] {
  const failed = (message: string): readonly Mismatch[] => [{ field, message, differences: [] }];
  const names = viewOf(run);
  const compiled = compileExpression(source, { names: assertionNames });
  if ('issues' in compiled) return failed(`\`${source}\`: ${compiled.issues[0]?.message}`);
  try {
    const value = compiled.ok.evaluate({ lookup: (name) => names[name], now: 0, uuid: () => '' });
    return value === true ? [] : failed(`\`${source}\` is ${JSON.stringify(value)}`);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return failed(`\`${source}\`: ${error.message}`);
  }
}

/** What assertions see. */
export const assertionNames = ['status', 'wait_reason', 'output', 'error', 'path', 'duration_ms', 'steps'] as const;

function viewOf({
  status,
  waitReason,
  output,
  error,
  path,
  durationMs,
  steps,
}: TestRun): Readonly<Record<string, Json>> {
  const rows = steps.map(({ step_id, path: own, status: ended, attempt, input, output: gave, error: failed }) => {
    const row = { path: own, status: ended, attempts: attempt, input, output: gave, error: failed as unknown as Json };
    return [[step_id, row] as const, [own, row] as const];
  });
  return {
    status,
    wait_reason: waitReason,
    output,
    error: error as unknown as Json,
    path,
    duration_ms: durationMs,
    steps: Object.fromEntries(rows.flat()),
  };
}
