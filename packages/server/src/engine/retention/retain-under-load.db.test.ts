import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { act, aStart, aWorld, idOf, needs, type TestEngines, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';
import { silentLog } from '../../kernel/log/log.ts';
import { retain } from './retain.ts';

/** Seen from thirteen months ahead, the month of now is past its time: all that these engines do is in what is moved. */
const engines: TestEngines = useEngines();
const inThirteenMonths = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 13, 15);
const observer = { monthsDue: vi.fn(), executionsArchived: vi.fn(), monthDropped: vi.fn() };

async function archivedIds(): Promise<ReadonlySet<string>> {
  const files = await engines.rows(`select content from blobs where area = 'archives'`);
  const texts = files.map(({ content }) => gunzipSync(content as Buffer).toString());
  return new Set(texts.flatMap((text) => [...text.matchAll(/"row":\{"id":"([^"]+)"/g)].flatMap(([, id]) => id ?? [])));
}

it('moves a month while its executions run and begin: each ends, once, and nobody waits for two seconds [F26]', async () => {
  const world = aWorld();
  const briefly = async () => {
    await pause(Math.random() * 40);
    return { output: { ok: true } };
  };
  for (const step of ['one', 'two', 'three']) world.on(step, briefly);
  const engine = await engines.anEngine({ actions: world });
  const workflow = await engines.publish([act('one'), act('two', needs('one')), act('three', needs('two'))]);
  const signalled = await engines.publish([
    { id: 'ask', type: 'wait', config: { signal: 'go', timeout: '400d' } },
    act('three', needs('ask')),
  ]);
  const asleep: string[] = [];
  for (let count = 0; count < 60; count += 1) asleep.push(idOf(await engine.start(aStart(signalled))));

  const over = idOf(await engine.start(aStart(workflow)));
  await engines.ended(over);
  const started: string[] = [];
  let longestWaitMs = 0;
  let isOver = false;
  const timed = async <T>(work: Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await work;
    longestWaitMs = Math.max(longestWaitMs, performance.now() - from);
    return result;
  };
  const starting = async () => {
    while (!isOver) {
      started.push(idOf(await timed(engine.start(aStart(workflow)))));
      await pause(5);
    }
  };
  const signalling = async () => {
    for (const id of asleep.slice(0, 40)) {
      expect(await timed(engine.signal(defaultTenantId, id, { name: 'go', payload: null }))).toBe('accepted');
      await pause(20);
    }
  };
  // Somebody reads the month for long, as a backup does: what is in its way gives up, and comes again.
  const reader = await engines.database.connectDirect('reader', { role: 'owner' });
  await reader.query('begin');
  await reader.query('select count(*) from workflow_executions');
  const load = [starting(), starting(), signalling()];
  const reading = vi.waitFor(
    async () => {
      const waiting = await engines.rows(
        `select 1 from pg_stat_activity where application_name = 'cloudflow retention' and wait_event_type = 'Lock'`,
      );
      expect(waiting).toHaveLength(1);
    },
    { interval: 5, timeout: 20_000 },
  );
  const retained = retain(
    { database: engines.database, blobs: engines.blobs, archives: engines.blobs, log: silentLog, observer },
    { now: inThirteenMonths, months: 12, signal: new AbortController().signal },
  );
  await reading;
  await reader.query('commit');
  await reader.end();
  await retained;
  isOver = true;
  await Promise.all(load);

  expect(observer.monthDropped).toHaveBeenCalledOnce();
  expect(longestWaitMs).toBeLessThan(2_000);
  const unfinished = 'select id from workflow_executions where finished_at is null';
  await vi.waitFor(async () => expect(await engines.rows(unfinished)).toHaveLength(20), { timeout: 20_000 });
  const there = new Set((await engines.rows('select id from workflow_executions')).map(({ id }) => id));
  expect(asleep.slice(40).filter((id) => !there.has(id))).toEqual([]);
  const archived = await archivedIds();
  const all = [over, ...asleep, ...started];
  expect(all.filter((id) => !there.has(id) && !archived.has(id))).toEqual([]);
  expect(there.has(over)).toBe(false);
  expect(started.filter((id) => there.has(id))).not.toEqual([]);
  await engines.expectSound();
}, 60_000);
