/** Runs the cases of a file, without a server: the compiler, the rules, the actions and the sandbox of the product. */
import { compile } from '@cloudflow/core/definition/compile.ts';
import { parseDuration, parseTimestamp } from '@cloudflow/core/definition/duration.ts';
import type { ActionCatalog, Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { TestRun } from '@cloudflow/core/test-run/contract.ts';
import type { TestBench } from '@cloudflow/server/compose/test-bench.ts';
import type { DefinitionFile } from '../definition/definition-file.ts';
import { Failure } from '../failure/failure.ts';
import { type CaseFile, invalid, type Mocks, type TestCase } from './case-file.ts';
import { misnamed } from './check-cases.ts';
import { didRun, type Mismatch, mismatches, type Tested } from './expectation.ts';

export type CaseResult = {
  readonly name: string;
  /** Number in the file. */
  readonly index: number;
  /** `file:line:column` */
  readonly place: string;
  readonly mismatches: readonly Mismatch[];
  readonly warnings: readonly string[];
  readonly tested: Tested;
  /** Of real time. */
  readonly tookMs: number;
};

export type FileResult = {
  readonly file: CaseFile;
  readonly cases: readonly CaseResult[];
  /** Ids of steps: those that some case reached, and all others, in the order of the definition. */
  readonly reached: readonly string[];
  readonly unreached: readonly string[];
};

export type Running = {
  readonly bench: TestBench;
  /** Of the names of cases: a part of them. */
  readonly only: string | undefined;
  readonly signal: AbortSignal;
};

const startOfTime = Date.UTC(2026, 0, 1);

/** Throws a `Failure` when the workflow or a case is not right. */
export async function runCases(file: CaseFile, { bench, only, signal }: Running): Promise<FileResult> {
  const actions = catalogFor(bench.actions, file.cases.worker_types ?? []);
  const plan = compiled(file.definition, actions);
  const called = new Map(file.called.map((each) => compiled(each, actions)).map((each) => [each.workflowId, each]));
  const wrong = misnamed(plan, file.cases);
  if (wrong.length > 0) throw invalid(file.file, wrong);
  const cases: CaseResult[] = [];
  for (const [index, each] of file.cases.cases.entries()) {
    if (only !== undefined && !each.name.toLowerCase().includes(only.toLowerCase())) continue;
    signal.throwIfAborted();
    cases.push(await runCase(file, { plan, called, each, index, bench, signal }));
  }
  const ran = new Set(cases.flatMap(({ tested }) => tested.steps.filter(didRun).map(({ step_id }) => step_id)));
  const ids = plan.steps.map(({ id }) => id);
  return {
    file,
    cases,
    reached: ids.filter((id) => ran.has(id)),
    unreached: ids.filter((id) => !ran.has(id)),
  };
}

function catalogFor(actions: ActionCatalog, workerTypes: readonly string[]): ActionCatalog {
  const ofWorker = (type: string) => ({ type, configSchema: true, defaultTimeoutMs: 30_000, byWorker: true });
  return {
    find: (type) => actions.find(type) ?? (workerTypes.includes(type) ? ofWorker(type) : undefined),
    types: () => [...actions.types(), ...workerTypes],
  };
}

function compiled(file: DefinitionFile, actions: ActionCatalog): Plan {
  const result = compile(file.document, actions);
  if ('plan' in result) return result.plan;
  throw new Failure(`${file.name} cannot run.`, {
    ending: 'validation',
    code: 'invalid_definition',
    places: result.errors.map((each) => ({ ...each, message: `${file.placeOf(each.pointer)} ${each.message}` })),
  });
}

type OneCase = Pick<Running, 'bench' | 'signal'> & {
  readonly plan: Plan;
  readonly called: ReadonlyMap<string, Plan>;
  readonly each: TestCase;
  readonly index: number;
};

async function runCase(
  { cases, file }: CaseFile,
  { plan, called, each, index, bench, signal }: OneCase,
): Promise<CaseResult> {
  const { input = {}, variables = {}, signals = [], cancel_at, expect } = each;
  const mocks = withShared(each.mocks ?? {}, cases.mocks ?? {});
  const startedAt = performance.now();
  const problems = plan.checkInput(input);
  const ran =
    problems.length > 0
      ? { run: refusedRun(problems), unusedHttp: [], began: false }
      : {
          ...(await bench.run(
            { ...plan, variables: { ...plan.variables, ...variables } },
            {
              input,
              startAt: parseTimestamp(each.now ?? cases.now) ?? startOfTime,
              mocks: mocks.steps ?? {},
              http: mocks.http ?? [],
              signals: signals.map(({ name, at = 0, payload = null }) => ({
                name,
                payload,
                afterMs: parseDuration(at) ?? 0,
              })),
              cancelAfterMs: parseDuration(cancel_at),
              findWorkflow: (id) => called.get(id) ?? (id === plan.workflowId ? plan : undefined),
              signal,
            },
          )),
          began: true,
        };
  const tested = { ...ran.run, began: ran.began };
  return {
    name: each.name,
    index,
    place: file.placeOf(`/cases/${index}`),
    mismatches: [...faults(tested), ...mismatches(expect, tested)],
    warnings: unused(each.mocks ?? {}, ran),
    tested,
    tookMs: performance.now() - startedAt,
  };
}

/** Those of the case go first. */
function withShared(own: Mocks, shared: Mocks): Mocks {
  return { steps: { ...shared.steps, ...own.steps }, http: [...(own.http ?? []), ...(shared.http ?? [])] };
}

/** An input that does not fit: no run began. */
function refusedRun(problems: ReturnType<Plan['checkInput']>): TestRun {
  const [first] = problems;
  const message = `The input does not fit the input_schema: ${first?.pointer || 'it'} ${first?.message}`;
  const error = { code: 'input_invalid', message, details: { problems: problems as unknown as Json } };
  const nothing = { called: [], unanswered: [], unusedMocks: [], stoppedBy: null, steps: [], path: [] };
  return { ...nothing, status: 'PENDING', waitReason: null, output: null, error, durationMs: 0 };
}

/** What makes a case fail whatever it expects. */
function faults({ unanswered, stoppedBy }: TestRun): readonly Mismatch[] {
  const missing = unanswered.map(({ path, missing: what }) => ({
    field: '',
    message: `the step ${path} asks for ${what}, and no mock answers`,
    differences: [],
  }));
  if (stoppedBy === null) return missing;
  return [
    ...missing,
    {
      field: '',
      message: stoppedBy === 'mostCharacters' ? 'what its steps gave is too much to keep' : 'the run goes on for ever',
      differences: [],
    },
  ];
}

/** Of its own mocks: those that it shares may be for others. */
function unused(
  { steps = {}, http = [] }: Mocks,
  { run, unusedHttp }: { readonly run: TestRun; readonly unusedHttp: readonly number[] },
): readonly string[] {
  const ofSteps = run.unusedMocks.filter((key) => Object.hasOwn(steps, key)).map((key) => `steps/${key}`);
  const ofHttp = unusedHttp.filter((at) => at < http.length).map((at) => `http/${at} (${http[at]?.url})`);
  return [...ofSteps, ...ofHttp].map((each) => `nothing asked for the mock ${each}`);
}
