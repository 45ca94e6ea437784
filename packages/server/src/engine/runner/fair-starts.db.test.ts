import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';

const engines = useEngines();

it('starts that waited begin in turn by tenant, and of a tenant by priority, with little room [F69]', async () => {
  const accepting = await engines.anEngine({ drives: false });
  const workflow = await engines.publish([act('a')]);
  const other = randomUUID();
  const start = async (tenantId: string, priority: number) =>
    idOf(await accepting.start(aStart(workflow, { tenantId, priority })));
  const many: string[] = [];
  for (let n = 0; n < 60; n += 1) many.push(await start(defaultTenantId, 1));
  const few: string[] = [];
  for (const priority of [5, 4, 3, 2, 1]) few.unshift(await start(other, priority));
  await accepting.drain(0);

  const world = aWorld();
  await engines.anEngine({ actions: world, maxInFlight: 4 });
  for (const id of [...many, ...few]) expect(await engines.ended(id)).toMatchObject({ status: 2 });
  const begun = world.calls.map(({ executionId }) => executionId);
  const places = few.map((id) => begun.indexOf(id));
  expect(Math.max(...places)).toBeLessThan(16);
  expect(places.map((place) => place >> 2)).toEqual(places.map((place) => place >> 2).sort((a, b) => a - b));
  await engines.expectSound();
});

it('a backlog is taken up page after page without a pause in between', async () => {
  const accepting = await engines.anEngine({ drives: false });
  const workflow = await engines.publish([act('a')]);
  const requests = Array.from({ length: 1_000 }, () => aStart(workflow));
  for (let n = 0; n < 3; n += 1) await accepting.startAll(requests);
  await accepting.drain(0);
  const world = aWorld();
  const held = world.hold('a');
  await engines.anEngine({ actions: world });
  await held.reached(3_000);
  held.release();
}, 30_000);
