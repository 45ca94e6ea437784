/** A value that only a sensitive step knew is looked for in every table, and in all that is told of the execution. */
import { expect, it, vi } from 'vitest';
import { act, aStart, aWorld, type Deed, idOf, needs, useEngines } from '../../testing/engine.ts';
import { defaultTenantId } from '../kernel/db/database.ts';
import { createResolver } from '../workflow/index.ts';
import { createReading } from './reading.ts';
import { stepTexts } from './step-view.ts';

const engines = useEngines();
const canary = 'canary-4471-sensitive';
const secret = { sensitive: true };
const gives: Deed = async () => ({ output: { token: canary } });
const fails: Deed = async () => ({
  error: { code: 'http_status', message: `no: ${canary}`, details: { excerpt: canary }, retryable: false },
});

/** Every row of every table as text; base64 and hex of it show what is no text. */
async function expectNoTrace(): Promise<void> {
  const tables = await engines.rows(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const traces = [canary, Buffer.from(canary).toString('hex'), Buffer.from(canary).toString('base64').slice(0, 20)];
  for (const { name } of tables) {
    const rows = await engines.rows(`select t::text as text from ${name} t`);
    for (const { text } of rows) for (const trace of traces) expect(String(text), `${name}`).not.toContain(trace);
  }
}

const aReading = () => {
  const { planOf } = createResolver({
    database: engines.database,
    actions: { find: () => ({ type: 'act', configSchema: {}, defaultTimeoutMs: 1_000 }), types: () => ['act'] },
    monotonic: () => performance.now(),
  });
  return createReading({ database: engines.database, planOf, blobs: engines.blobs, secrets: engines.secrets });
};

/** All that the API tells of it. */
async function told(id: string): Promise<string> {
  const reading = aReading();
  const { rows, context } = await reading.steps(defaultTenantId, id);
  const events = await reading.events(defaultTenantId, id, { seq: 0, place: 0 }, 500);
  const texts = await stepTexts(rows, context, new AbortController().signal);
  const head = await reading.head(defaultTenantId, id);
  const { of } = await reading.explain(defaultTenantId, id);
  return [...texts, JSON.stringify(events), JSON.stringify(head), JSON.stringify(of.explanation)].join('\n');
}

/** `use` is given what `tell` gave, directly and through a transform in a block. */
const steps = [
  act('tell', secret),
  {
    id: 'around',
    type: 'block',
    ...needs('tell'),
    config: { steps: [{ id: 'shape', type: 'transform', config: { output: { made: '${steps.tell.output.token}' } } }] },
  },
  act('use', { config: { given: '${steps.around.output.made}', n: '${uuid()}' }, ...needs('around') }),
  act('last', { config: { status: '${steps.use.status}' }, ...needs('use') }),
];
const output = { output: { taken: '${steps.use.output}' } };

it('is given to the steps that take it, stored encrypted, and shown as ***', async () => {
  const actions = aWorld();
  actions.on('tell', gives);
  actions.on('use', async ({ input }) => ({ output: input as object as never }));
  const engine = await engines.anEngine({ actions });
  const result = await engine.start(aStart(await engines.publish(steps, output)), { waitMs: 10_000 });
  expect(actions.callsOf('use')[0]?.input).toMatchObject({ given: canary });
  expect(actions.callsOf('last')[0]?.input).toEqual({ status: 'SUCCESS' });
  expect(result).toMatchObject({ finished: { status: 'COMPLETED', outputText: '"***"' } });
  const text = await told(idOf(result));
  expect(text).toContain('"output":"***"');
  expect(text).toContain('"output":{"ok":true}');
  expect(text).toContain('"input":"***"');
  expect(text).not.toContain(canary);
  await expectNoTrace();
  await engines.expectSound();
});

it('is what a step that comes after a restart is given: the journal is opened when it is read [F01]', async () => {
  const actions = aWorld();
  actions.on('tell', gives);
  const held = actions.hold('use');
  const first = await engines.anEngine({ actions });
  const result = await first.start(aStart(await engines.publish(steps, output)));
  await held.reached(1);
  const before = actions.callsOf('use')[0]?.input;
  const drained = first.drain(0);
  await drained;
  held.release();
  const next = aWorld();
  await engines.anEngine({ actions: next });
  expect(await engines.ended(idOf(result))).toMatchObject({ status: 2, output: '"***"' });
  expect(next.callsOf('use')[0]?.input, 'the recorded one, with its uuid').toEqual(before);
  await expectNoTrace();
});

it('is not in what an error says, wherever that goes: retries, handlers, the execution, the next steps', async () => {
  const actions = aWorld();
  actions.on('tell', fails);
  actions.on('again', async () => ({
    error: { code: 'network', message: canary, details: { canary }, retryable: true },
  }));
  const engine = await engines.anEngine({ actions });
  const handler = {
    on_error: { steps: [act('handle', { config: { why: '${error.message}', code: '${error.code}' } })] },
  };
  const workflow = await engines.publish([
    act('tell', { ...secret, ...handler }),
    act('again', { ...secret, ...needs('tell'), retry: { max_attempts: 2, initial: 1 } }),
  ]);
  const result = await engine.start(aStart(workflow), { waitMs: 10_000 });
  expect(actions.callsOf('handle')[0]?.input).toMatchObject({ code: 'http_status' });
  const { error } = await engines.ended(idOf(result));
  expect(JSON.parse(error as string)).toMatchObject({ code: 'network', step: 'again' });
  expect(await told(idOf(result))).not.toContain(canary);
  await expectNoTrace();
});

it('is encrypted where a large one stands in the blob store, and whole when it is read', async () => {
  const actions = aWorld();
  const large = canary.repeat(30_000);
  actions.on('tell', async () => ({ output: { token: large } }));
  const held = actions.hold('use');
  const first = await engines.anEngine({ actions });
  const result = await first.start(aStart(await engines.publish(steps, output)));
  await held.reached(1);
  await first.drain(0);
  held.release();
  const next = aWorld();
  await engines.anEngine({ actions: next });
  await engines.ended(idOf(result));
  expect(next.callsOf('use')[0]?.input).toMatchObject({ given: large });
  expect(await told(idOf(result))).toContain('"output":"***"');
  expect(await told(idOf(result))).not.toContain(canary);
  await expectNoTrace();
});

it('is in no snapshot of a long execution, which goes on from its journal', async () => {
  const actions = aWorld();
  actions.on('tell', gives);
  const engine = await engines.anEngine({ actions });
  const round = { id: 'round', type: 'transform', config: { output: '${loop.index}' } };
  const workflow = await engines.publish([
    act('tell', secret),
    { id: 'many', type: 'loop', ...needs('tell'), config: { times: 300, steps: [round] } },
    { id: 'for', type: 'wait', ...needs('many'), config: { signal: 'go', timeout: '1h' } },
    act('use', { config: { given: '${steps.tell.output.token}' }, ...needs('for') }),
  ]);
  const id = idOf(await engine.start(aStart(workflow)));
  await vi.waitFor(() => expect(engine.inFlight()).toBe(0), { timeout: 10_000 });
  expect(await engines.rows('select from execution_snapshots')).toEqual([]);
  await expectNoTrace();
  await engine.signal(defaultTenantId, id, { name: 'go', payload: null });
  await engines.ended(id);
  expect(actions.callsOf('use')[0]?.input).toEqual({ given: canary });
});

it('is encrypted in the inbox, when a person gives it as the output of a step', async () => {
  const actions = aWorld();
  const held = actions.hold('tell');
  const accepts = await engines.anEngine({ actions, drives: false });
  const drives = await engines.anEngine({ actions });
  const result = await drives.start(aStart(await engines.publish(steps, output)));
  await held.reached(1);
  await drives.drain(0);
  const deed = { do: 'complete', path: 'tell', output: { token: canary } } as const;
  expect(await accepts.intervene(defaultTenantId, idOf(result), { by: 'ann', reason: 'why', deed })).toBe('accepted');
  expect(await engines.rows(`select payload from execution_inbox where kind = 'intervene'`)).toHaveLength(1);
  await expectNoTrace();
  held.release();
  const next = aWorld();
  next.on(
    'tell',
    (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ output: 0 }))),
  );
  await engines.anEngine({ actions: next });
  await engines.ended(idOf(result));
  expect(next.callsOf('use')[0]?.input).toMatchObject({ given: canary });
  await expectNoTrace();
});

it('is encrypted in the inbox, when a process reports it to whoever drives the execution next', async () => {
  const actions = aWorld();
  const gate = Promise.withResolvers<void>();
  actions.on('tell', () => gate.promise.then(() => ({ output: { token: canary } })));
  const first = await engines.anEngine({ actions });
  const result = await first.start(aStart(await engines.publish(steps, output)));
  await vi.waitFor(() => expect(actions.callsOf('tell')).toHaveLength(1));
  const drained = first.drain(20_000);
  await vi.waitFor(async () => expect(await engines.rows('select from attempt_owners')).toHaveLength(1));
  gate.resolve();
  await drained;
  const [row] = await engines.rows(`select payload from execution_inbox where kind = 'attempt_ended'`);
  expect(row?.['payload']).toMatch(/^!/);
  await expectNoTrace();
  const next = aWorld();
  await engines.anEngine({ actions: next });
  await engines.ended(idOf(result));
  expect(next.callsOf('tell')).toEqual([]);
  expect(next.callsOf('use')[0]?.input).toMatchObject({ given: canary });
  await expectNoTrace();
});

it('stays encrypted in the execution that adopts it, and is what its steps are given', async () => {
  const actions = aWorld();
  actions.on('tell', gives);
  actions.on('use', fails);
  const engine = await engines.anEngine({ actions });
  const workflow = await engines.publish(steps, output);
  const first = idOf(await engine.start(aStart(workflow), { waitMs: 10_000 }));
  const reading = aReading();
  const past = await reading.past(defaultTenantId, await reading.head(defaultTenantId, first));
  const retry = {
    of: first,
    rootId: first,
    generation: 1,
    adoption: {
      of: first,
      events: past.events
        .filter(({ e }) => e === 'begun' || e === 'succeeded')
        .filter((each) => 's' in each && each.s === 'tell'),
    },
  };
  actions.on('use', gives);
  const second = await engine.start(aStart(workflow, { retry }), { waitMs: 10_000 });
  expect(second).toMatchObject({ finished: { status: 'COMPLETED' } });
  expect(actions.callsOf('use').at(-1)?.input).toMatchObject({ given: canary });
  expect(
    (await engines.eventsOf(idOf(second))).some(({ e, ev }) => e === 'adopted' && JSON.stringify(ev).includes('enc')),
  ).toBe(true);
  expect(await told(idOf(second))).not.toContain(canary);
  await expectNoTrace();
});

it('is given to no execution that calls the workflow: the step says so, and nothing is started', async () => {
  const actions = aWorld();
  actions.on('tell', gives);
  const engine = await engines.anEngine({ actions });
  const child = await engines.publish([act('tell', secret)]);
  const call = { id: 'call', type: 'sub_workflow', config: { workflow_id: child.slug } };
  const result = await engine.start(aStart(await engines.publish([call])), { waitMs: 10_000 });
  expect(result).toMatchObject({
    finished: { status: 'FAILED', errorText: expect.stringContaining('child_output_sensitive') },
  });
  expect(actions.calls).toEqual([]);
});

it('costs executions without it nothing: no key is asked for', async () => {
  const secrets = { sealer: () => Promise.reject(new Error('asked')), open: () => Promise.reject(new Error('asked')) };
  const engine = await engines.anEngine({ secrets });
  const result = await engine.start(aStart(await engines.publish([act('a')])), { waitMs: 10_000 });
  expect(result).toMatchObject({ finished: { status: 'COMPLETED' } });
});
