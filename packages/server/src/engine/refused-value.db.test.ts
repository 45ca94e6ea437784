/** A value that PostgreSQL refuses is the trouble of the execution that has it, and of no other. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, needs, useEngines } from '../../testing/engine.ts';
import { replay } from './runner/replay.ts';
import { asideIn, createEngineStore } from './store/engine-store.ts';

const engines = useEngines();
const marker = 'REFUSED-BY-POSTGRESQL';

/** What no check of ours knows: a rule that only the database has. */
beforeAll(async () => {
  await engines.rows(`alter table execution_events add constraint planted check (position('${marker}' in data) = 0)`);
  await engines.rows(`alter table workflow_executions add constraint planted check (business_key <> '${marker}')`);
});
afterEach(() => engines.expectSound());

describe('a value that PostgreSQL refuses', () => {
  it('among 200 executions in flight fails that one alone [F04]', async () => {
    const world = aWorld();
    const gate = Promise.withResolvers<void>();
    const guilty = 77;
    world.on('work', async ({ input }) => {
      await gate.promise;
      return { output: (input as { n: number }).n === guilty ? marker : 'fine' };
    });
    const engine = await engines.anEngine({ actions: world });
    const steps = [act('work', { config: { n: '${input.n}' } }), act('after', needs('work'))];
    const workflow = await engines.publish(steps);
    const started = await Promise.all(
      Array.from({ length: 200 }, (_, n) => engine.start(aStart(workflow, { input: { n } }))),
    );
    await expect.poll(() => world.callsOf('work').length).toBe(200);
    gate.resolve();
    const heads = await Promise.all(started.map((start) => engines.ended(idOf(start))));
    const others = heads.filter((_, n) => n !== guilty);
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([2]));
    expect(heads[guilty]).toMatchObject({ status: 3, output: null });
    expect(JSON.parse(heads[guilty]?.['error'] as string)).toMatchObject({ code: 'unstorable_value' });
    expect(world.callsOf('after').length).toBe(199);

    const id = heads[guilty]?.['id'] as string;
    const aside = asideIn(engines.blobs, engines.secrets);
    const stored = await createEngineStore(engines.database, aside).loadExecution(id);
    if (stored === undefined) throw new Error('it cannot be loaded');
    const { state } = replay(
      stored,
      { plan: workflow.plan, trigger: JSON.parse(stored.trigger) },
      {
        entropy: { uuid: randomUUID, random: Math.random, executionId: randomUUID },
        sealer: null,
      },
    );
    expect(state).toMatchObject({ status: 'FAILED', error: { code: 'unstorable_value' } });
    expect(engine.inFlight()).toBe(0);
  });

  it('in the flush that starts an execution ends it FAILED, and who waits is told', async () => {
    const engine = await engines.anEngine();
    const steps = [{ id: 'say', type: 'transform', config: { output: marker } }];
    const result = await engine.start(aStart(await engines.publish(steps)), { waitMs: 5_000 });
    expect(result).toMatchObject({ kind: 'started', finished: { status: 'FAILED' } });
    expect(await engines.ended(idOf(result))).toMatchObject({ status: 3 });
    expect((await engines.eventsOf(idOf(result))).map(({ e }) => e)).toEqual(['ended']);
  });

  it('in the row of a start refuses the start, leaves nothing behind, and keeps its key free', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([act('work')]);
    const idempotency = { key: 'again', hash: Buffer.alloc(32) };
    const request = aStart(workflow, { idempotency });
    const refused = engine.start({ ...request, businessKey: marker });
    await expect(refused).rejects.toMatchObject({ code: 'unstorable_value' });
    const left = `select (select count(*)::int from workflow_executions where workflow_id = '${workflow.workflowId}') as executions,
                         (select count(*)::int from execution_keys where key = 'again') as keys`;
    expect(await engines.one(left)).toEqual({ executions: 0, keys: 0 });
    expect(await engine.start(request, { waitMs: 5_000 })).toMatchObject({
      kind: 'started',
      finished: { status: 'COMPLETED' },
    });
    expect(engine.inFlight()).toBe(0);
  });
});
