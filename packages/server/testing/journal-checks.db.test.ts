/** Each check, shown to fail: a check that cannot would let every fault pass. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { uuidV7 } from '../src/engine/execution-id.ts';
import { act, aStart, aWorld, idOf, nap, needs, type TestEngines, untilAborted, useEngines } from './engine.ts';
import { checks, runChecks } from './journal-checks.ts';

const engines: TestEngines = useEngines();

/** What has run before the damage: ended in each way, waiting for a time, under way without an owner, and one behind another. */
const ids: Record<
  'done' | 'failed' | 'cancelled' | 'waiting' | 'executing' | 'queued' | 'locking' | 'items' | 'parent' | 'atWorker',
  string
> = {
  queued: '',
  locking: '',
  done: '',
  failed: '',
  cancelled: '',
  waiting: '',
  executing: '',
  items: '',
  parent: '',
  atWorker: '',
};

const patient = { timeout: 10_000 };

beforeAll(async () => {
  const world = aWorld();
  const once = { error: { code: 'busy', message: 'Come again.', retryable: true } };
  world.on('flaky', ({ attempt }) => Promise.resolve(attempt === 1 ? once : { output: null }));
  world.on('broken', () => Promise.resolve({ error: { code: 'no', message: 'No.', retryable: false } }));
  world.on('endless', untilAborted);
  const engine = await engines.anEngine({ actions: world });
  const quick = { retry: { max_attempts: 3, initial: 20, backoff: 'fixed' } };
  const child = await engines.publish([nap('long', '1h')]);
  const one = { lock: { key: '1', scope: 'tenant' } };
  const shapes = {
    done: [act('first'), nap('pause', 20, needs('first')), act('flaky', { ...needs('pause'), ...quick })],
    failed: [act('broken', { retry: { max_attempts: 1 } }), act('never', needs('broken'))],
    cancelled: [nap('long', '1h')],
    waiting: [nap('long', '1h')],
    executing: [act('endless')],
    items: [
      { id: 'each', type: 'for_each', config: { items: [1, 2], wait: false, steps: [nap('inside', '1h')] } },
      nap('long', '1h', needs('each')),
    ],
    parent: [{ id: 'call', type: 'sub_workflow', config: { workflow_id: child.slug } }],
    atWorker: [{ id: 'charge', type: 'task', config: {} }],
    locking: [nap('holder', '1h', one), nap('behind', '1h', one)],
  };
  for (const [name, steps] of Object.entries(shapes)) {
    const workflow = await engines.publish(steps, name === 'waiting' ? { concurrency: { limit: 1 } } : {});
    const idempotency = { key: name, hash: Buffer.alloc(32) };
    ids[name as keyof typeof ids] = idOf(await engine.start(aStart(workflow, { idempotency })));
    if (name === 'waiting') ids.queued = idOf(await engine.start(aStart(workflow)));
  }
  await engine.command((await head('cancelled'))['tenant_id'] as string, ids.cancelled, 'cancel', { reason: 'enough' });
  for (const name of ['done', 'failed', 'cancelled'] as const) await engines.ended(ids[name]);
  const atWorker = `select 1 from workflow_executions where id = '${ids.atWorker}' and wait_reason = 11`;
  await vi.waitFor(async () => expect(await engines.rows(atWorker)).toHaveLength(1), patient);
  const waits = `select 1 from workflow_executions where parent_id in ('${ids.parent}', '${ids.items}') and wait_reason is not null`;
  await vi.waitFor(async () => expect(await engines.rows(waits)).toHaveLength(3), patient);
  await vi.waitFor(
    async () => expect(await engines.rows('select held from gate_entries where held')).toHaveLength(2),
    patient,
  );
  await vi.waitFor(async () => expect(await engines.rows('select id from execution_inbox')).toEqual([]), patient);
  await engine.drain(0);
});
beforeEach(() => engines.rows('begin'));
afterEach(() => engines.rows('rollback'));

const head = (name: keyof typeof ids) => engines.one(`select * from workflow_executions where id = '${ids[name]}'`);

/** A row behind the last one of a journal, in a flush of its own: what a faulty engine would write. */
const appended = (name: keyof typeof ids, ...events: object[]) => `
  with last as (select max(seq) + 1 as seq from execution_events where execution_id = '${ids[name]}'),
  written as (insert into execution_events (execution_id, seq, data)
              select '${ids[name]}', seq, '${JSON.stringify(events)}' from last)
  insert into engine_commits (flush_id, lane, n, refs)
  select '${uuidV7(Date.now())}', lane, max(n) + 1, array['${ids[name]}'::uuid] from engine_commits group by lane`;
const changed = (name: keyof typeof ids, set: string) =>
  `update workflow_executions set ${set} where id = '${ids[name]}'`;

const late = Date.now() + 1_000_000_000;
const succeeded = (s: string, more: object = {}) => ({ e: 'succeeded', s, at: late, ...more });
const begun = (s: string, more: object = {}) => ({ e: 'begun', s, at: late, ...more });
const taken = (arrived: string) => ({ e: 'opened', s: 'block', b: 'body', at: late, i: 0, f: [[arrived, 0]] });
const retrying = { e: 'retrying', s: 'x', at: late, until: late + 50, err: { code: 'busy', message: '' } };

const monthDropped = `insert into retention_months (month, before, finished_before, phase)
  values ('299901', 'ffffffff-0000-0000-0000-000000000000', now(), 'dropping')`;

/** What is done to a healthy journal, and the checks that find it. */
const damages: Record<string, { readonly found: readonly string[]; readonly by: () => string }> = {
  'a large value that is not there': {
    found: ['Q15-values'],
    by: () => appended('executing', { e: 'phase', at: late, phase: 'stopping', big: { o: '00'.repeat(32) } }),
  },
  'a key that leads nowhere': {
    found: ['Q2-keys'],
    by: () => `update execution_keys set execution_id = gen_random_uuid() where key = 'done'`,
  },
  'a second key of one execution': {
    found: ['Q2-keys'],
    by: () =>
      `insert into execution_keys select tenant_id, execution_id, now(), 'other', hash from execution_keys limit 1`,
  },
  'a journal row that is missing': {
    found: ['Q3-gaps'],
    by: () => `update execution_events v set seq = seq + 1 where execution_id = '${ids.done}'
                and seq = (select max(seq) from execution_events m where m.execution_id = v.execution_id)`,
  },
  'rows that are in no segment': {
    found: ['Q3-compacted', 'Q10-refs'],
    by: () => `insert into execution_events (execution_id, seq, data)
      values ('${ids.done}', 0, '[{"e":"compacted","at":1,"u":0,"n":5,"f":"","seg":[[0,"00"]]}]')`,
  },
  'a second outcome': {
    found: ['Q3-outcomes'],
    by: () => appended('waiting', succeeded('long'), succeeded('long')),
  },
  'a signal that is kept and not counted': {
    found: ['Q14-signals'],
    by: () => appended('waiting', { e: 'signalled', at: late, g: 0, n: 'go' }),
  },
  'a signal that two steps took': {
    found: ['Q14-signals'],
    by: () => appended('waiting', { e: 'signalled', at: late, g: 0, n: 'go', s: 'a' }, begun('b', { g: 0 })),
  },
  'a signal that a step took and another took, too': {
    found: ['Q14-signals'],
    by: () =>
      appended(
        'waiting',
        { e: 'signalled', at: late, g: 0, n: 'more' },
        { e: 'taken', s: 'list', at: late, g: 0 },
        begun('b', { g: 0 }),
      ),
  },
  'a signal that a step took and that never came': {
    found: ['Q14-signals'],
    by: () => appended('waiting', { e: 'taken', s: 'list', at: late, g: 0 }),
  },
  'a second start': { found: ['Q3-started'], by: () => appended('waiting', { e: 'started', at: late }) },
  'a journal that does not begin with its start': {
    found: ['Q3-started', 'Q8-status'],
    by: () =>
      `update execution_events set data = replace(data, '"e":"started"', '"e":"phase"') where execution_id = '${ids.waiting}'`,
  },
  'a step that began during a pause': {
    found: ['Q5-paused'],
    by: () => appended('waiting', { e: 'paused', at: late }, begun('late')),
  },
  'a pause that was over twice': {
    found: ['Q5-paused'],
    by: () => appended('waiting', { e: 'paused', at: late }, { e: 'resumed', at: late }, { e: 'resumed', at: late }),
  },
  'a step that runs again after its outcome': {
    found: ['Q4-again'],
    by: () => appended('waiting', succeeded('long'), begun('long')),
  },
  'a round that no goto began': {
    found: ['Q4-rounds'],
    by: () => appended('waiting', begun('other'), succeeded('other'), begun('other', { r: 1 })),
  },
  'a round that is missing': {
    found: ['Q4-rounds'],
    by: () =>
      appended(
        'waiting',
        succeeded('again', { t: 'other' }),
        succeeded('again', { r: 1, t: 'other' }),
        begun('x', { r: 2 }),
      ),
  },
  'an arrival that was taken twice': {
    found: ['Q4-arrivals'],
    by: () => appended('waiting', succeeded('long'), taken('long'), taken('long')),
  },
  'an arrival that never came': { found: ['Q4-arrivals'], by: () => appended('waiting', taken('long')) },
  'a place that was not given up at the end': {
    found: ['Q6-places'],
    by: () => `update gate_entries set execution_id = '${ids.done}' where execution_id = '${ids.waiting}'`,
  },
  'a wait of an execution that is gone': {
    found: ['Q6-places', 'Q6-unasked'],
    by: () => `update gate_entries set execution_id = gen_random_uuid() where execution_id = '${ids.queued}'`,
  },
  'two at a gate for one': {
    found: ['Q6-limit'],
    by: () => `update gate_entries set held = true where execution_id = '${ids.queued}'`,
  },
  'a free place that nobody is let into': {
    found: ['Q6-standing'],
    by: () => `delete from gate_entries where execution_id = '${ids.waiting}'`,
  },
  'an execution that waits for its place and stands in no queue': {
    found: ['Q6-unasked'],
    by: () => `delete from gate_entries where execution_id = '${ids.queued}'`,
  },
  'an adopted outcome of a step that ran again': {
    found: ['Q4-adopted'],
    by: () => appended('waiting', { e: 'adopted', at: late, of: ids.done, ev: [succeeded('a')] }, begun('a')),
  },
  'an outcome that was adopted twice': {
    found: ['Q4-adopted'],
    by: () => appended('waiting', { e: 'adopted', at: late, of: ids.done, ev: [succeeded('a'), succeeded('a')] }),
  },
  'a second end': { found: ['Q7-end'], by: () => appended('done', { e: 'ended', at: late, st: 'COMPLETED' }) },
  'a step after the end': { found: ['Q7-end'], by: () => appended('done', { e: 'skipped', s: 'other', at: late }) },
  'another status than the journal says': { found: ['Q8-status'], by: () => changed('done', 'status = 3') },
  'an end that the row does not know': { found: ['Q8-status'], by: () => changed('done', 'finished_at = null') },
  'a journal of an execution that has not begun': { found: ['Q8-status'], by: () => changed('waiting', 'status = 0') },
  'a row that is ahead of its journal': { found: ['Q8-seq'], by: () => changed('waiting', 'seq = seq + 5') },
  'an execution that is gone': {
    found: ['Q8-orphans'],
    by: () => `delete from workflow_executions where id = '${ids.done}'; delete from execution_keys where key = 'done'`,
  },
  'a flush that is missing': {
    found: ['Q10-outbox'],
    by: () => `update engine_commits set n = n + 1 where n = (select max(n) from engine_commits)`,
  },
  'a flush that does not name what it wrote': {
    found: ['Q10-refs'],
    by: () => `update engine_commits set refs = array_remove(refs, '${ids.done}')
                where flush_id = (select max(flush_id::text)::uuid from engine_commits where refs @> array['${ids.done}'::uuid])`,
  },
  'an execution that nobody drives': {
    found: ['Q12-owner'],
    by: () => changed('executing', `created_at = now() - interval '1 hour'`),
  },
  'a wait whose timer is lost': {
    found: ['Q12-wait'],
    by: () => `delete from execution_timers where execution_id = '${ids.waiting}'`,
  },
  'a timer that does not fire': {
    found: ['Q12-overdue'],
    by: () => `update execution_timers set due = now() - interval '1 hour' where execution_id = '${ids.waiting}'`,
  },
  'a timer that fired early': {
    found: ['Q13-early'],
    by: () => appended('waiting', { ...succeeded('long'), at: 1, o: { waited_ms: 1 } }),
  },
  'a retry that came early': {
    found: ['Q13-retry'],
    by: () => appended('waiting', retrying, begun('x', { a: 2, at: late + 49 })),
  },
  'a command that nobody took': {
    found: ['Q14-commands'],
    by: () => `insert into execution_inbox (execution_id, created_at, shard, kind)
               values ('${ids.done}', now() - interval '1 hour', 0, 'cancel')`,
  },
  'a child that nobody called': {
    found: ['Q16-called'],
    by: () => changed('failed', `parent_id = '${ids.parent}'`),
  },
  'a call of nobody': {
    found: ['Q16-called'],
    by: () => appended('parent', { e: 'called', s: 'other', at: late, id: uuidV7(late), ver: '1.0.0' }),
  },
  'a second child of one run': {
    found: ['Q16-called', 'Q16-twice'],
    by: () => appended('parent', { e: 'called', s: 'call', at: late, id: uuidV7(late), ver: '1.0.0' }),
  },
  'an item that was started twice': {
    found: ['Q16-called', 'Q16-items'],
    by: () => appended('items', { e: 'detached', s: 'each', at: late, i: 1, ids: [uuidV7(late)] }),
  },
  'an item that was passed over': {
    found: ['Q16-called', 'Q16-items'],
    by: () => appended('items', { e: 'detached', s: 'each', at: late, i: 3, ids: [uuidV7(late)] }),
  },
  'a row that is of another item than its parent says': {
    found: ['Q16-items'],
    by: () =>
      `update workflow_executions set trigger = replace(trigger, '"index":1', '"index":7') where parent_id = '${ids.items}'`,
  },
  'an end that the parent never heard of': {
    found: ['Q16-heard'],
    by: () =>
      `${changed('done', `parent_id = '${ids.parent}'`)};
       ${appended('parent', { e: 'called', s: 'other', at: late, id: ids.done, ver: '1.0.0' })}`,
  },
  'a snapshot of what was never written': {
    found: ['Q17-ahead'],
    by: () => `insert into execution_snapshots (execution_id, seq, events, format, checksum, data)
               values ('${ids.waiting}', 1000, 1000, '', sha256(''), '[]')`,
  },
  'an execution that went with its month and was not over': {
    found: ['Q15-months'],
    by: () => `${monthDropped};
       insert into retention_kept (execution_id) values ('00000000-0000-7000-8000-000000000000'), ('${ids.waiting}')`,
  },
  'a command for an execution that went with its month': {
    found: ['Q15-inbox'],
    by: () => `${monthDropped};
       insert into execution_inbox (execution_id, shard, kind) values ('00000000-0000-7000-8000-000000000000', 0, 'cancel'), ('${ids.waiting}', 0, 'cancel')`,
  },
  'a timer that outlived its execution': {
    found: ['Q15-timers'],
    by: () => `insert into execution_timers (execution_id, due, timer, shard) values ('${ids.failed}', now(), 0, 0)`,
  },
  'a task that is gone while its execution waits for it': {
    found: ['Q12-tasks'],
    by: () => `delete from tasks where execution_id = '${ids.atWorker}'`,
  },
  'a task that outlives its execution': {
    found: ['Q12-tasks', 'Q15-tasks'],
    by: () => `update tasks set execution_id = '${ids.failed}' where execution_id = '${ids.atWorker}'`,
  },
};

const found = async () => Object.keys(await runChecks(engines.rows)).map((title) => title.split(':')[0]);

describe('the checks of the journal', () => {
  it('find nothing in a healthy one', async () => {
    const statuses = await engines.rows('select status, wait_reason from workflow_executions order by id');
    expect(statuses.map(({ status }) => status)).toEqual([2, 3, 4, 1, 5, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(await found()).toEqual([]);
  });

  it.each(Object.keys(damages))('find %s, and nothing else', async (name) => {
    const damage = damages[name];
    await engines.rows(damage?.by() ?? '');
    expect(await found()).toEqual(damage?.found);
  });

  it('are each shown to fail by some damage', () => {
    const shown = new Set(Object.values(damages).flatMap(({ found: ids }) => ids));
    expect([...shown].sort()).toEqual(checks.map(({ id }) => id).sort());
  });
});
