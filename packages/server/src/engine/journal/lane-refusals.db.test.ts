import { describe, expect, it } from 'vitest';
import { aStart, aStep, ended, useJournal } from '../../../testing/journal.ts';

const { aLane, rows, one, afterwards } = useJournal();

describe('a row that the database refuses', () => {
  it('is refused alone among 200 others [E33]', async () => {
    await rows(`alter table execution_events add constraint planted check (data <> '["poison"]')`);
    afterwards(() => rows('alter table execution_events drop constraint planted'));
    const { submit } = await aLane();
    const entries = Array.from({ length: 200 }, (_, n) =>
      aStart({ row: { seq: 1, data: n === 137 ? '["poison"]' : '[]' } }),
    );
    const results = await submit(...entries);
    expect(results.filter(({ kind }) => kind === 'committed')).toHaveLength(199);
    expect(results[137]).toMatchObject({ kind: 'refused', sqlState: '23514' });
    expect(await one('select count(*)::int as n from execution_events')).toEqual({ n: 199 });
    const numbers = await rows('select n::int from engine_commits order by n');
    expect(numbers.map(({ n }) => n)).toEqual(numbers.map((_, index) => index + 1)); // no gaps by what was refused
  });

  it('is refused alone when PostgreSQL cannot hold its text, or when it cannot even be sent [E33]', async () => {
    const { submit } = await aLane();
    const good = aStart();
    const nul = aStart({ facts: { businessKey: 'a\u0000b' } });
    const noId = aStart({ facts: { workflowId: 'not a uuid' } });
    const results = await submit(nul, good, noId);
    expect(results.map(({ kind }) => kind)).toEqual(['refused', 'committed', 'refused']);
    expect(results[0]).toMatchObject({ sqlState: '22021' });
  });

  it('is refused when the journal has a row of that number already: what is in memory is not what is on disk', async () => {
    const { submit } = await aLane();
    const start = aStart();
    await submit(start);
    expect(await submit(aStep(start, { row: { seq: 1, data: '["another"]' } }))).toMatchObject([
      { kind: 'refused', sqlState: '23505' },
    ]);
  });
});

describe('partitions', () => {
  it('finds the rows of executions of several months in one flush', async () => {
    const { submit } = await aLane();
    const months = [0, 1, 2, 3, 4].map((n) => aStart({ at: Date.now() + n * 31 * 86_400_000 }));
    await submit(...months);
    await submit(...months.slice(0, 2).map((start) => aStep(start, { head: ended })));
    await submit(...months.slice(2).map((start) => aStep(start, { head: ended })), aStart());
    expect(await one('select count(*)::int as n from workflow_executions where status = 2')).toEqual({ n: 5 });
  });

  it('makes a month that is missing, and writes the row [F26]', async () => {
    const { submit } = await aLane();
    const start = aStart({ at: Date.UTC(2031, 4, 15) });
    expect(await submit(start, aStart())).toEqual([{ kind: 'committed' }, { kind: 'committed' }]);
    expect(
      await one(
        `select tableoid::regclass::text as t from execution_events where execution_id = '${start.executionId}'`,
      ),
    ).toEqual({ t: 'execution_events_203105' });
    // Made after the session looked: found through the parent.
    await submit(aStep(start, { head: ended }));
    expect(await one(`select status from workflow_executions where id = '${start.executionId}'`)).toEqual({
      status: 2,
    });
  });

  it('refuses only what has no month when that cannot be made', async () => {
    const { submit } = await aLane({ makePartitions: () => Promise.resolve() });
    const results = await submit(aStart({ at: Date.UTC(2044, 1, 1) }), aStart());
    expect(results.map(({ kind }) => kind)).toEqual(['refused', 'committed']);
  });
});
