/**
 * Journals that released versions wrote, replayed by this one: what they said then, they say now. A history that fails here
 * would change under an upgrade for everybody who has such an execution.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { compile } from '@cloudflow/core/definition/compile.ts';
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import { apply } from '@cloudflow/core/run/apply.ts';
import { resume } from '@cloudflow/core/run/decide.ts';
import type { RunEvent } from '@cloudflow/core/run/event.ts';
import { createState, type RunState } from '@cloudflow/core/run/state.ts';
import { stepRows, variables } from '@cloudflow/core/run/step-rows.ts';
import { describe, expect, it } from 'vitest';

type History = {
  readonly title: string;
  readonly definition: Json;
  readonly execution: {
    readonly id: string;
    readonly root: string;
    readonly status: string;
    readonly input: Json;
    readonly trigger: Json;
    readonly error: Json;
    readonly variables: Json;
  };
  /** The events of each journal row. */
  readonly journal: readonly (readonly RunEvent[])[];
  readonly steps: readonly { readonly path: string; readonly status: string }[];
};

const folder = new URL('../../../core/histories/', import.meta.url);
const releases = existsSync(folder) ? readdirSync(folder) : [];
const read = (path: string): Buffer => readFileSync(new URL(path, folder));
const parse = (path: string): unknown => JSON.parse(read(path).toString('utf8')) as unknown;

/** Actions that the histories use: their configs were checked when they were saved. */
const catalog = {
  find: (type: string) =>
    type === 'http_request' ? { type, configSchema: { type: 'object' }, defaultTimeoutMs: 30_000 } : undefined,
  types: () => ['http_request'],
};

function planOf({ title, definition }: History): Plan {
  const compiled = compile(definition, catalog);
  if ('plan' in compiled) return compiled.plan;
  throw new Error(`${title} is refused now: ${JSON.stringify(compiled.errors)}`);
}

/** The state after each journal row. */
function* replay(plan: Plan, { journal }: History): Generator<RunState> {
  const state = createState(plan);
  for (const events of journal) {
    for (const event of events) apply(plan, state, event);
    yield state;
  }
}

function around({ execution: { id, root, input, trigger } }: History) {
  const context = {
    executionId: id,
    rootId: root,
    tenantId: 'tenant',
    input,
    trigger,
    generation: 0,
    depth: 0,
    callPath: '',
    heldByCallers: [],
    outside: null,
  };
  return { context, entropy: { uuid: () => 'uuid', random: () => 0.5, executionId: () => 'execution' } };
}

/** What people saw of it, told by this release. */
function seen(plan: Plan, state: RunState) {
  return {
    status: state.status,
    error: state.error,
    variables: variables(state),
    steps: stepRows(plan, state).map(({ path, status, attempt, output, error }) => ({
      path,
      status,
      attempt,
      output,
      error,
    })),
  };
}

function expectSame(history: History): void {
  const plan = planOf(history);
  const state = [...replay(plan, history)].at(-1) ?? createState(plan);
  const { status, error, variables: vars } = history.execution;
  const steps = history.steps.map((step) => expect.objectContaining(picked(step)));
  expect(seen(plan, state)).toEqual({ status, error, variables: vars, steps });
}

function picked(step: object): object {
  const { path, status, attempt, output, error } = step as Record<string, unknown>;
  return { path, status, attempt, output, error };
}

/** Taking it up again after any of its rows hands out nothing whose outcome that row, or one before, holds. */
function expectNothingAgain(history: History): void {
  const plan = planOf(history);
  const ended = new Set<string>();
  const state = createState(plan);
  for (const events of history.journal) {
    for (const event of events) {
      apply(plan, state, event);
      if (event.e === 'succeeded' || event.e === 'failed' || event.e === 'skipped') ended.add(nameOf(event));
    }
    if (state.endedAt !== null) return;
    const copy = createState(plan);
    for (const each of history.journal.slice(0, history.journal.indexOf(events) + 1)) {
      for (const event of each) apply(plan, copy, event);
    }
    for (const effect of resume(plan, copy, state.lastAt, around(history)).effects) {
      if (effect.kind === 'attempt') expect(ended).not.toContain(nameOf(effect.key));
    }
  }
}

function nameOf({ s, p = '', r = 0 }: { readonly s: string; readonly p?: string; readonly r?: number }): string {
  return `${p}/${s}@${r}`;
}

describe.each(releases)('the histories of %s', (release) => {
  const digests = parse(`${release}/digests.json`) as Record<string, string>;
  const names = Object.keys(digests);
  const historyOf = (name: string): History => parse(`${release}/${name}`) as History;

  it('are as they were recorded', () => {
    const found = readdirSync(new URL(`${release}/`, folder)).filter((name) => name !== 'digests.json');
    expect(found.toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      expect(
        createHash('sha256')
          .update(read(`${release}/${name}`))
          .digest('hex'),
        name,
      ).toBe(digests[name]);
    }
  });

  it.each(names)('say what they said: %s [F91]', (name) => {
    const history = historyOf(name);
    expectSame(history);
    expectNothingAgain(history);
  });

  it('do not when one was doctored', () => {
    const long = names.map(historyOf).filter(({ journal }) => journal.flat().some(({ e }) => e === 'succeeded'));
    for (const history of long) {
      const events = history.journal.flat();
      const at = events.findLastIndex(({ e }) => e === 'succeeded');
      const changed = events.with(at, { ...events[at], o: 'doctored' } as RunEvent);
      const lost = events.toSpliced(at, 1);
      for (const journal of [[changed], [lost]])
        expect(() => expectSame({ ...history, journal }), history.title).toThrow();
    }
  });
});
