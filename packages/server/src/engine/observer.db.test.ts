import { expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, nap, needs, useEngines } from '../../testing/engine.ts';
import { type EngineObserver, noObserver } from './observer.ts';

const engines = useEngines();

function aCount() {
  const seen = {
    entries: 0,
    milliseconds: [] as number[],
    refused: 0,
    started: 0,
    ended: [] as string[],
    late: [] as number[],
  };
  const observer: EngineObserver = {
    ...noObserver,
    flushed(entries, milliseconds) {
      seen.entries += entries;
      seen.milliseconds.push(milliseconds);
    },
    entryRefused() {
      seen.refused += 1;
    },
    executionStarted() {
      seen.started += 1;
    },
    executionEnded: (status) => void seen.ended.push(status),
    timerHandedOn: (lateMs) => void seen.late.push(lateMs),
  };
  return { seen, observer };
}

it('an engine tells of starts, ends, flushes and timers, each once', async () => {
  const { seen, observer } = aCount();
  const engine = await engines.anEngine({ observer });
  const workflow = await engines.publish([nap('short', 20), act('work', needs('short'))]);
  const results = await Promise.all([1, 2, 3].map(() => engine.start(aStart(workflow), { waitMs: 5_000 })));
  expect(results).toMatchObject(results.map(() => ({ finished: { status: 'COMPLETED' } })));
  expect(seen).toMatchObject({ started: 3, ended: ['COMPLETED', 'COMPLETED', 'COMPLETED'], refused: 0 });
  expect(seen.late).toHaveLength(3);
  expect(Math.min(...seen.late)).toBeGreaterThanOrEqual(0);
  await expect.poll(() => seen.entries).toBeGreaterThanOrEqual(6);
  expect(Math.min(...seen.milliseconds)).toBeGreaterThan(0);
  expect(engine.leaseAgeMs()).toBeLessThan(60_000);
});

it('a repeated start is not another one, and what the database refuses is told', async () => {
  const { seen, observer } = aCount();
  const world = aWorld();
  world.on('work', () => Promise.resolve({ output: 'REFUSED' }));
  const engine = await engines.anEngine({ observer, actions: world });
  const workflow = await engines.publish([act('work')]);
  await engines.rows(`alter table execution_events add constraint planted check (position('REFUSED' in data) = 0)`);
  const request = aStart(workflow, { idempotency: { key: 'once', hash: Buffer.alloc(32, 1) } });
  const first = await engine.start(request);
  expect(await engine.start(request)).toMatchObject({ kind: 'replayed', executionId: idOf(first) });
  await engines.ended(idOf(first));
  await expect.poll(() => seen).toMatchObject({ started: 1, ended: ['FAILED'], refused: 1 });
});
