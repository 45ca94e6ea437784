/** Steps that run several times, on an engine that dies in between, and in the views of what ran. */
import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, needs, untilAborted, useEngines } from '../../../testing/engine.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

/** Owns what it can get until another takes it by force; it notices by the fence alone, its lease is renewed far too late. */
const mortal = { exclusive: false, leaseMs: 60_000 };
const counts = (id: string, more: object = {}) => ({
  id,
  type: 'set_variables',
  config: { n: '${ vars.n + 1 }' },
  ...more,
});

describe('what runs several times', () => {
  it('goes on in the round in which its engine died, under the keys of that round [WCP10 E16]', async () => {
    const [before, after] = [aWorld(), aWorld()];
    before.on('work', (request, signal) =>
      request.idempotencyKey.endsWith('/work/1/0') ? untilAborted(request, signal) : Promise.resolve({ output: 1 }),
    );
    const gone = await engines.anEngine({ ...mortal, actions: before });
    const steps = [
      counts('counted'),
      act('work', needs('counted')),
      { id: 'again', type: 'goto', config: { step: 'counted' }, when: 'vars.n < 3', ...needs('work') },
      act('last', needs('again')),
    ];
    const id = idOf(await gone.start(aStart(await engines.publish(steps, { variables: { n: 0 } }))));
    await expect.poll(() => before.callsOf('work').length).toBe(2);
    await expect
      .poll(async () => (await engines.eventsOf(id)).filter(({ e, s, r }) => e === 'begun' && s === 'work' && r === 1))
      .toHaveLength(1);
    await engines.anEngine({ actions: after });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    const keys = (world: typeof after) => world.callsOf('work').map(({ idempotencyKey }) => idempotencyKey);
    expect(keys(before)).toEqual([`${id}/work/0/0`, `${id}/work/1/0`]);
    expect(keys(after)).toEqual([`${id}/work/1/0`, `${id}/work/2/0`]);
    const rows = await engines.rows(
      `select step_id, round, status from workflow_steps where execution_id = '${id}' order by step_id, round`,
    );
    expect(rows.map(({ step_id, round, status }) => `${step_id} ${round} ${status}`)).toEqual([
      'again 0 SUCCESS',
      'again 1 SUCCESS',
      'again 2 SKIPPED',
      'counted 0 SUCCESS',
      'counted 1 SUCCESS',
      'counted 2 SUCCESS',
      'last 0 SUCCESS',
      'work 0 SUCCESS',
      'work 1 SUCCESS',
      'work 2 SUCCESS',
    ]);
  });

  it('takes each arrival once, also when its engine dies between two of them [WCP8]', async () => {
    const [before, after] = [aWorld(), aWorld()];
    before.on('slow', untilAborted);
    const gone = await engines.anEngine({ ...mortal, actions: before });
    const block = { id: 'tell', type: 'block', join: 'each', config: { steps: [act('send')] } };
    const workflow = await engines.publish([act('quick'), act('slow'), { ...block, ...needs('quick', 'slow') }]);
    const id = idOf(await gone.start(aStart(workflow)));
    await expect.poll(() => before.callsOf('send').length).toBe(1);
    await expect
      .poll(async () => (await engines.eventsOf(id)).filter(({ e, s }) => e === 'succeeded' && s === 'send'))
      .toHaveLength(1);
    await engines.anEngine({ actions: after });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(after.callsOf('send').map(({ idempotencyKey }) => idempotencyKey)).toEqual([`${id}/tell.1.send/0/0`]);
    const opened = (await engines.eventsOf(id)).filter(({ e }) => e === 'opened');
    expect(opened.map((event) => [event['i'], event['f']])).toEqual([
      [0, [['quick', 0]]],
      [1, [['slow', 0]]],
    ]);
  });
});
