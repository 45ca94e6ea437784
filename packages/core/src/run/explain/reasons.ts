/** One explanation for each reason to wait: the list is closed, and the type of the table sees to it that none is missing. */
import type { Plan } from '../../definition/plan.ts';
import { isJsonObject, type JsonObject } from '../../json.ts';
import { signalWaits } from '../kept-signals.ts';
import type { Pause, RunState, StepRun } from '../state.ts';
import type { WaitReason } from '../wait-reason.ts';
import type { Notes } from './notes.ts';
import { clock, counted, named, quoted } from './words.ts';

export type About = {
  readonly plan: Plan;
  readonly state: RunState;
  readonly notes: Notes;
  /** The step that waits; null when the execution does. */
  readonly run: StepRun | null;
  readonly path: string | null;
  readonly pause: Pause | null;
  readonly until: number | null;
  /** What the server knows of this. */
  readonly facts: JsonObject;
};

export type Told = { readonly text: string; readonly unblocked_by: string; readonly details: JsonObject };

export const explainers: Readonly<Record<WaitReason, (about: About) => Told>> = {
  delay: ({ path, until, facts }) => ({
    text: `${named(path)} waits for a time${until === null ? '' : `: until ${clock(until)}`}.`,
    unblocked_by: 'That time.',
    details: facts,
  }),
  retry_backoff({ path, run, until, facts }) {
    const most = run?.step.work.kind === 'action' ? run.step.work.retry.maxAttempts : (run?.attempt ?? 1);
    const error = run?.error ?? null;
    const failed = error === null ? '' : ` failed with ${error.code} (${quoted(error.message)})`;
    return {
      text: `${named(path)}: try ${run?.attempt ?? 1} of ${most}${failed}; the next begins ${until === null ? 'soon' : `at ${clock(until)}`}.`,
      unblocked_by: 'That time; the next try may succeed.',
      details: {
        ...facts,
        attempt: run?.attempt ?? 1,
        max_attempts: most,
        error: error === null ? null : { ...error, details: error.details ?? {} },
      } as JsonObject,
    };
  },
  signal: tellSignal,
  paused({ pause, facts }) {
    const what = pause === null || pause.scope === 'execution' ? 'The execution' : `Its ${pause.scope}`;
    const by = pause?.by == null ? '' : ` by ${pause.by}`;
    const why = pause?.reason == null || pause.reason === '' ? '' : `: ${quoted(pause.reason)}`;
    return {
      text: `${what} is paused${by}${why}. Nothing begins; timers are kept.`,
      unblocked_by: `Resuming ${pause === null || pause.scope === 'execution' ? 'it' : `the ${pause.scope}`}.`,
      details: {
        ...facts,
        scope: pause?.scope ?? 'execution',
        by: pause?.by ?? null,
        pause_reason: pause?.reason ?? null,
      },
    };
  },
  queue: ({ facts }) => ({
    text:
      facts['owner'] === null
        ? 'No process drives this part of all executions at the moment.'
        : 'It waits until the process that drives it comes to it.',
    unblocked_by:
      facts['owner'] === null
        ? 'A process with the role engine that runs.'
        : 'Nothing is to be done; others are before it.',
    details: facts,
  }),
  concurrency: ({ facts }) => ({
    text: `It waits for a free slot of its concurrency key${by(facts)}.`,
    unblocked_by: 'The end of an execution that holds a slot.',
    details: facts,
  }),
  lock: ({ path, facts }) => ({
    text: `${named(path)} waits for a lock${by(facts)}.`,
    unblocked_by: 'The end of the step that holds the lock.',
    details: facts,
  }),
  child({ path, run, facts }) {
    const id = run?.child?.id ?? null;
    const recalled = (run?.child?.recalled ?? null) !== null;
    return {
      text:
        `${named(path)} waits for the end of the execution that it started${id === null ? '' : `: ${id}`}.` +
        (recalled ? ' That was told to cancel.' : ''),
      unblocked_by: 'The end of that execution.',
      details: { ...facts, execution_id: id, recalled },
    };
  },
  approval: ({ path, until, facts }) => ({
    text: `${named(path)} waits for a decision of a person${until === null ? '' : `, until ${clock(until)}`}.`,
    unblocked_by: 'A decision by somebody who may make it.',
    details: facts,
  }),
  rate_limit: ({ path, until, facts }) => ({
    text: `${named(path)} waits for its rate limit${until === null ? '' : `, until ${clock(until)}`}.`,
    unblocked_by: 'Time: the limit allows so many in each period.',
    details: facts,
  }),
  worker({ path, run, facts }) {
    const type = run?.step.type ?? '';
    const known = facts[type];
    const asked = isJsonObject(known) && typeof known['last_asked_at'] === 'string' ? known['last_asked_at'] : null;
    return {
      text:
        `${named(path)} waits for a worker that takes tasks of the type \`${type}\`; ` +
        (asked === null ? 'none has asked for them yet.' : `one last asked for them at ${asked}.`),
      unblocked_by: 'A worker that asks for tasks of this type.',
      details: { type, ...(isJsonObject(known) ? known : {}) },
    };
  },
};

function tellSignal({ path, run, state, notes, until, facts }: About): Told {
  const waits = run === null ? [] : signalWaits(run.step.work);
  const names = waits.map(({ wait }) => `\`${wait.signal}\`${wait.match === null ? '' : ` with ${wait.match.source}`}`);
  const bad = run === null ? undefined : notes.badMatch.get(run.step.id);
  const kept = [...state.signals.kept.values()];
  const unfit =
    run === null ? [] : kept.slice(0, MOST_KEPT_SHOWN).map((each) => ({ name: each.name, why: whyNot(each, run) }));
  return {
    text:
      `${named(path)} waits for ${counted(names, 'or')}${until === null ? '' : `, until ${clock(until)} at the latest`}.` +
      (kept.length === 0
        ? ''
        : ` ${kept.length} kept signal${kept.length === 1 ? ' does' : 's do'} not end this wait.`),
    unblocked_by: `A signal ${counted(names, 'or')}.`,
    details: {
      ...facts,
      signals: waits.map(({ option, wait }) => ({
        name: wait.signal,
        match: wait.match?.source ?? null,
        option,
        only_new: wait.transient,
      })),
      kept_signals: unfit,
      kept_count: kept.length,
      match_error: bad === undefined ? null : { ...bad },
    },
  };

  function whyNot({ name, number }: { name: string; number: number }, { waitsFrom }: StepRun): string {
    const of = waits.filter(({ wait }) => wait.signal === name);
    if (of.length === 0) return 'it has another name';
    if (of.every(({ wait }) => wait.transient) && number < waitsFrom)
      return 'it came before this wait began, which counts only later ones';
    if (state.paused) return 'it came while the execution was paused, and is looked at when that is over';
    return bad === undefined ? 'its match was not true' : 'its match was not true, or could not be evaluated';
  }
}

const MOST_KEPT_SHOWN = 20;

function by({ position, limit, held_by: holder, holders }: JsonObject): string {
  const place = typeof position === 'number' ? ` at place ${position} of the queue` : '';
  const most = typeof limit === 'number' && limit > 1 ? ` by ${limit} at most` : '';
  const all = Array.isArray(holders) ? holders.map((each) => `execution ${String(each)}`) : [];
  const names = typeof holder === 'string' ? [holder, ...all] : all;
  return `${place}${names.length === 0 ? '' : `; held${most}, now by ${counted(names.slice(0, 3), 'and')}`}`;
}
