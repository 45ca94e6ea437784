import { expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, needs, useEngines } from '../../../testing/engine.ts';

const engines = useEngines();
const no = { error: { code: 'no', message: 'No.', retryable: false } };

it('a retry that one process only stores is begun by another, with what it adopts [F84]', async () => {
  const world = aWorld();
  world.on('b', () => Promise.resolve(no));
  const driving = await engines.anEngine({ actions: world });
  const workflow = await engines.publish([act('a'), act('b', needs('a'))]);
  const first = idOf(await driving.start(aStart(workflow)));
  expect(await engines.ended(first)).toMatchObject({ status: 3 });

  world.on('b', () => Promise.resolve({ output: 'done' }));
  const accepting = await engines.anEngine({ actions: world, drives: false });
  const retry = { of: first, rootId: first, generation: 1 };
  const trigger = { type: 'api', retry: { from: 'failed' } };
  const second = idOf(await accepting.start(aStart(workflow, { trigger, retry })));
  expect(await engines.ended(second)).toMatchObject({ status: 2, retry_of: first, root_id: first });
  expect(world.calls.map(({ path, idempotencyKey }) => [path, idempotencyKey])).toEqual([
    ['a', `${first}/a/0/0`],
    ['b', `${first}/b/0/0`],
    ['b', `${first}/b/0/1`],
  ]);
  await engines.expectSound();
});
