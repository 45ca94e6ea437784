/** Damage that is planted, and that the watchdog is to find. */
import { afterEach, describe, expect, it } from 'vitest';
import { aStart, idOf, nap, useEngines } from '../../../testing/engine.ts';
import { noObserver } from '../observer.ts';
import type { Invariant } from '../store/violations.ts';
import { violations } from '../store/violations.ts';

const engines = useEngines();
const someone = '00000000-0000-0000-0000-0000000000aa';
const MINUTE = 60_000;
afterEach(() => engines.rows('truncate workflow_executions, execution_events, execution_timers, execution_inbox'));

async function aSleeper(): Promise<string> {
  const engine = await engines.anEngine();
  const id = idOf(await engine.start(aStart(await engines.publish([nap('long', '1h')]))));
  await expect.poll(() => engine.inFlight()).toBe(0);
  await engine.drain(0);
  return id;
}
const ownedBySomeone = () =>
  engines.rows(`update shards set owner = '${someone}', lease_until = now() + interval '1 hour'`);
const ask = (process = someone) => violations(engines.database, process, MINUTE);

describe('the watchdog', () => {
  it('finds nothing where all is well, and leaves the asking to the owner of the first shard', async () => {
    await aSleeper();
    await ownedBySomeone();
    expect(await ask()).toEqual({ unowned: 0, overdue_timers: 0, old_inbox_rows: 0 });
    expect(await ask('00000000-0000-0000-0000-0000000000bb')).toBeNull();
  });

  it('finds an execution that nobody owns [Q12]', async () => {
    const id = await aSleeper();
    await ownedBySomeone();
    await engines.rows(`update workflow_executions set created_at = now() - interval '2 minutes' where id = '${id}'`);
    await engines.rows(`update shards set lease_until = now() - interval '2 minutes'
                         where shard = (select shard from workflow_executions where id = '${id}')`);
    expect(await ask()).toMatchObject({ unowned: 1 });
  });

  it('finds a timer that is long due, but not that of a paused execution [Q12 Q13]', async () => {
    const id = await aSleeper();
    await ownedBySomeone();
    await engines.rows(`update execution_timers set due = now() - interval '2 minutes' where execution_id = '${id}'`);
    expect(await ask()).toMatchObject({ overdue_timers: 1 });
    await engines.rows(`update workflow_executions set wait_reason = 9 where id = '${id}'`);
    expect(await ask()).toMatchObject({ overdue_timers: 0 });
  });

  it('finds a command that nobody hears', async () => {
    const id = await aSleeper();
    await ownedBySomeone();
    await engines.rows(`insert into execution_inbox (execution_id, shard, kind, created_at)
                        select id, shard, 'unheard of', now() - interval '2 minutes' from workflow_executions where id = '${id}'`);
    expect(await ask()).toMatchObject({ old_inbox_rows: 1 });
  });

  it('takes up an execution that waits for nothing and that nobody drives, and says so', async () => {
    await engines.rows(`update shards set owner = null, lease_until = 'epoch'`);
    const counts: Partial<Record<Invariant, number>> = {};
    const observer = {
      ...noObserver,
      violations: (invariant: Invariant, found: number) => {
        counts[invariant] = Math.max(counts[invariant] ?? 0, found);
      },
    };
    const engine = await engines.anEngine({ observer, watchEveryMs: 20 });
    const id = idOf(await engine.start(aStart(await engines.publish([nap('long', '1h')]))));
    await expect.poll(() => engine.inFlight()).toBe(0);
    // As if it had been dropped from memory in the middle of a step, with all that would bring it back.
    await engines.rows(`delete from execution_timers where execution_id = '${id}'`);
    await engines.rows(`update workflow_executions set wait_reason = null where id = '${id}'`);
    await expect.poll(() => counts.not_driven).toBe(1);
    await expect.poll(() => engine.complaint()).toBeNull();
  });
});
