/** The executions of a test run: one virtual time, one agenda, one set of gates. */
import { itemPlan } from '../definition/item-plan.ts';
import type { Plan, PlanStep } from '../definition/plan.ts';
import { sizeOf } from '../expression/json-size.ts';
import type { Json, JsonObject } from '../json.ts';
import { childRefusal } from '../run/child-refusal.ts';
import type { AttemptOutcome, ChildEnd, Effect, RunContext, RunInput } from '../run/contract.ts';
import type { RunKey } from '../run/event.ts';
import { findRun, pathOf } from '../run/state.ts';
import { createAgenda } from './agenda.ts';
import type { Answer, Question, Try, Unanswered } from './contract.ts';
import { afterMs, type MockedAnswer, type MockedSteps, mockedOutcome } from './step-mocks.ts';
import { createVirtualExecution, type Outward, stopped, type VirtualExecution } from './virtual-execution.ts';
import { createVirtualGates } from './virtual-gates.ts';

export type Inhabitant = {
  readonly execution: VirtualExecution;
  readonly startedAt: number;
  /** Path of the step that called it; '' for the one that is tested. */
  readonly calledBy: string;
  /** Who waits for its end. */
  readonly caller: Inhabitant | null;
  /** The ids of its steps that a worker would run. */
  readonly byWorkers: ReadonlySet<string>;
};

type Beginning = {
  readonly id: string;
  readonly at: number;
  readonly input: Json;
  readonly trigger: Json;
  readonly outside: JsonObject | null;
};
type Place = Pick<RunContext, 'depth' | 'callPath' | 'heldByCallers'>;
type Settled = {
  readonly now: number;
  readonly outcome: AttemptOutcome;
  /** Virtual milliseconds. */
  readonly takes: number;
  readonly order?: number;
};
type Call = { readonly place: Place; readonly calledBy: string; readonly caller: Inhabitant | null };
type Resolve = Extract<Effect, { kind: 'resolve_child' }>;
type CancelChild = Extract<Effect, { kind: 'cancel_child' }>;
/** What was asked for. An answer happens in the order in which it was asked for, however long it takes to be given. */
type Open = {
  readonly question: Question;
  readonly of: Inhabitant;
  readonly effect: Try | Resolve;
  readonly order: number;
};
/** What a resolved call starts. */
type Start = { readonly plan: Plan } | { readonly mock: MockedAnswer };
type Resolved = { readonly now: number; readonly start: Start; readonly version: string; readonly order?: number };

export function createWorld({ mocked, tenantId }: { readonly mocked: MockedSteps; readonly tenantId: string }) {
  const agenda = createAgenda<{ readonly to: Inhabitant; readonly input: RunInput }>();
  const everybody = new Map<string, Inhabitant>();
  const starts = new Map<string, Start>();
  const mockedPaths = new Set<string>();
  const unanswered: Unanswered[] = [];
  const open: Open[] = [];
  let events = 0;
  let characters = 0;
  let ids = 0;

  const tell = (to: Inhabitant, input: RunInput, order?: number): void => agenda.add(input.at, { to, input }, order);
  const newId = (): string => {
    ids += 1;
    return `00000000-0000-7000-8000-${ids.toString(16).padStart(12, '0')}`;
  };
  const gates = createVirtualGates((id, input) => {
    const to = everybody.get(id);
    if (to !== undefined) tell(to, input);
  });

  function begin(plan: Plan, { id, at, input, trigger, outside }: Beginning, call: Call = ROOT): Inhabitant {
    const { place, calledBy, caller } = call;
    const rootId = everybody.keys().next().value ?? id;
    const inhabitant: Inhabitant = {
      startedAt: at,
      calledBy,
      caller,
      byWorkers: new Set(plan.steps.filter(isByWorker).map(({ id: step }) => step)),
      execution: createVirtualExecution({
        plan: withoutWorkers(plan),
        context: { executionId: id, rootId, tenantId, generation: 0, input, trigger, outside, ...place },
        entropy: { uuid: newId, random: () => 0.5, executionId: newId },
        later: (_, given) => tell(inhabitant, given),
        atGate: (effect, now) => gates.hear(effect, { execution: id, plan }, now),
        outward: (effect, now) => outward(inhabitant, effect, now),
      }),
    };
    everybody.set(id, inhabitant);
    tell(inhabitant, { kind: 'start', at });
    return inhabitant;
  }

  function outward(of: Inhabitant, effect: Outward, now: number): void {
    switch (effect.kind) {
      case 'attempt':
        return tryStep(of, effect, now);
      case 'abort':
        return endTry(of, effect, { at: now, outcome: stopped });
      case 'resolve_child':
        return resolve(of, effect, now);
      case 'start_child':
        return startChild(of, effect, now);
      case 'start_item':
        return startItem(of, effect, now);
      case 'offer_task':
      case 'withdraw_task':
        return; // see withoutWorkers
      case 'cancel_child':
        return cancelChild(of, effect, now);
    }
  }

  function tryStep(of: Inhabitant, effect: Try, now: number): void {
    const asked = placeOf(of, effect.key, now);
    const mock = mocked.answerTo(asked);
    if (mock === undefined)
      return void open.push({
        question: { kind: 'try', ...asked, effect, byWorker: of.byWorkers.has(effect.key.s) },
        of,
        effect,
        order: agenda.reserve(),
      });
    mockedPaths.add(asked.path);
    settleTry(of, effect, { now, outcome: mockedOutcome(mock), takes: afterMs(mock) });
  }

  /** The deadline of a try is kept by who runs it: here it is compared with the virtual time that the try takes. */
  function settleTry(of: Inhabitant, effect: Try, { now, outcome, takes, order }: Settled): void {
    if (takes < effect.timeoutMs || takes === 0) return endTry(of, effect, { at: now + takes, outcome, order });
    const message = `The try took longer than ${effect.timeoutMs} ms`;
    const error = { code: 'timeout', message, retryable: true };
    endTry(of, effect, { at: now + effect.timeoutMs, outcome: { error }, order });
  }

  function endTry(
    of: Inhabitant,
    { key, attempt }: Pick<Try, 'key' | 'attempt'>,
    {
      at,
      outcome,
      order,
    }: { readonly at: number; readonly outcome: AttemptOutcome; readonly order?: number | undefined },
  ): void {
    tell(of, { kind: 'attempt_ended', key, attempt, at, outcome }, order);
  }

  function resolve(of: Inhabitant, effect: Resolve, now: number): void {
    const asked = placeOf(of, effect.key, now);
    const mock = mocked.answerTo(asked);
    if (mock === undefined) {
      const { workflowId, version } = effect;
      const question = { kind: 'workflow', ...asked, workflowId, version } as const;
      return void open.push({ question, of, effect, order: agenda.reserve() });
    }
    mockedPaths.add(asked.path);
    resolved(of, effect, { now, start: { mock }, version: effect.version ?? '0.0.0' });
  }

  function resolved(of: Inhabitant, { key, workflowId }: Resolve, { now, start, version, order }: Resolved): void {
    const executionId = newId();
    starts.set(executionId, start);
    const answer = { child: { executionId, workflowId, versionId: `${workflowId}@${version}`, version } };
    tell(of, { kind: 'child_resolved', key, at: now, answer }, order);
  }

  function startChild(of: Inhabitant, effect: Extract<Effect, { kind: 'start_child' }>, now: number): void {
    const { child, path, depth, input, awaited, held } = effect;
    const start = starts.get(child.executionId);
    if (start === undefined) return;
    if ('mock' in start) {
      if (awaited) tellEnd(of, endOf(child.executionId, start.mock), now + afterMs(start.mock));
      return;
    }
    const place = { depth, callPath: `${path}/`, heldByCallers: held };
    const { executionId: caller } = of.execution.context;
    const trigger = { type: 'sub_workflow', execution_id: caller, step: path };
    const beginning = { id: child.executionId, at: now, input, trigger, outside: null };
    begin(start.plan, beginning, { place, calledBy: path, caller: awaited ? of : null });
  }

  function startItem(of: Inhabitant, effect: Extract<Effect, { kind: 'start_item' }>, now: number): void {
    const { executionId: id, path, stepId, index, depth, outside } = effect;
    const item = itemPlan(of.execution.plan, stepId);
    if (item === undefined) return;
    const calledBy = `${path}.${index}`;
    const place = { depth, callPath: `${calledBy}/`, heldByCallers: [] };
    const trigger = { type: 'for_each', execution_id: of.execution.context.executionId, step: path, index };
    const beginning = { id, at: now, input: outside['input'] ?? null, trigger, outside };
    begin(item.plan, beginning, { place, calledBy, caller: null });
  }

  function cancelChild(of: Inhabitant, { executionId, reason }: CancelChild, now: number): void {
    const child = everybody.get(executionId);
    if (child !== undefined) return tell(child, { kind: 'cancel', at: now, reason });
    tellEnd(of, { executionId, status: 'CANCELLED', output: null, error: null }, now);
  }

  function tellEnd(to: Inhabitant, end: ChildEnd, at: number): void {
    tell(to, { kind: 'child_ended', at, ...end });
  }

  function answerTry({ of, question: { at }, order }: Open, effect: Try, answer: Answer): void {
    if (answer.kind !== 'outcome') throw new Error(`a try is answered with an outcome, not with ${answer.kind}`);
    settleTry(of, effect, { now: at, outcome: answer.outcome, takes: answer.afterMs, order });
  }

  function answerCall({ of, question: { at }, order }: Open, effect: Resolve, answer: Answer): void {
    const refuse = (error: { code: string; message: string }): void =>
      tell(of, { kind: 'child_resolved', key: effect.key, at, answer: { error } }, order);
    if (answer.kind === 'refused') return refuse(answer.error);
    if (answer.kind !== 'workflow') throw new Error(`a call is answered with a workflow, not with ${answer.kind}`);
    const { plan } = answer;
    const refusal = childRefusal(stepOf(of, effect.key), { slug: plan.workflowId, plan, input: effect.input });
    if (refusal !== null) return refuse(refusal);
    resolved(of, effect, { now: at, start: { plan }, version: plan.version, order });
  }

  return {
    begin,
    tell,
    /** The next thing to happen, up to this moment; false: there is none. */
    step(until: number): boolean {
      const next = agenda.next();
      if (next === undefined) return false;
      if (next.at > until) {
        agenda.add(next.at, next.what);
        return false;
      }
      const { to, input } = next.what;
      if (to.execution.end !== undefined) return true;
      const before = to.execution.events.length;
      to.execution.hear(input, next.at);
      events += to.execution.events.length - before;
      for (const event of to.execution.events.slice(before)) characters += sizeOf(event as unknown as Json);
      const { end, context } = to.execution;
      if (end !== undefined && to.caller !== null) {
        const { status, output, error } = end;
        tellEnd(to.caller, { executionId: context.executionId, status, output, error }, next.at);
      }
      return true;
    },
    ask: (): Question | undefined => open[0]?.question,
    answer(answer: Answer): void {
      const asked = open.shift();
      if (asked === undefined) throw new Error('nothing was asked');
      const { path, stepId } = asked.question;
      if (answer.kind === 'unanswered') unanswered.push({ path, stepId, missing: answer.missing });
      else if (asked.effect.kind === 'attempt') answerTry(asked, asked.effect, answer);
      else answerCall(asked, asked.effect, answer);
    },
    events: () => events,
    characters: () => characters,
    goesOn: () => agenda.all().some(({ to }) => to.execution.end === undefined),
    called: (): readonly Inhabitant[] => [...everybody.values()].slice(1),
    unanswered: (): readonly Unanswered[] => unanswered,
    isMocked: (path: string) => mockedPaths.has(path),
  };
}

const ROOT: Call = { place: { depth: 0, callPath: '', heldByCallers: [] }, calledBy: '', caller: null };

/** No worker is waited for: what it would do is asked as a try of ours. */
function withoutWorkers(plan: Plan): Plan {
  if (!plan.steps.some(isByWorker)) return plan;
  const steps = plan.steps.map((step) =>
    step.work.kind === 'action' ? { ...step, work: { ...step.work, byWorker: false } } : step,
  );
  return { ...plan, steps };
}

function isByWorker({ work }: PlanStep): boolean {
  return work.kind === 'action' && work.byWorker;
}

function stepOf({ execution: { plan } }: Inhabitant, { s }: RunKey): PlanStep | undefined {
  return plan.steps[plan.stepIndex.get(s) ?? -1];
}

function placeOf({ execution: { plan, state, context } }: Inhabitant, key: RunKey, at: number) {
  const run = findRun(plan, state, key);
  const path = run === undefined ? key.s : pathOf(plan, run.step, run.scope);
  return { executionId: context.executionId, path: context.callPath + path, stepId: key.s, at };
}

function endOf(executionId: string, mock: MockedAnswer): ChildEnd {
  if ('output' in mock) return { executionId, status: 'COMPLETED', output: mock.output, error: null };
  const { code, message = `The mock answers with ${code}.`, details } = mock.error;
  const error = { code, message, ...(details === undefined ? {} : { details }) };
  return { executionId, status: 'FAILED', output: null, error };
}
