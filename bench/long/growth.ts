/** Whether an execution costs more when there are many: at the end of a long run, and beside a million stored ones. */
import type { BenchDatabase } from '../database.ts';
import { type OverHttp, startOverHttp } from '../over-http.ts';
import type { Figure } from './index.ts';

const LONG_RUN = 300_000;
const STORED = 1_000_000;
const PROBE = 20_000;

export async function growth(database: BenchDatabase, say: (text: string) => void): Promise<readonly Figure[]> {
  const { wal, unfinished } = database;
  const http = await startOverHttp({ databaseUrl: database.url, wal, unfinished });
  say(`growth: ${LONG_RUN} executions in one run …`);
  const tenth = LONG_RUN / 10;
  const first = await perSecond(http, tenth);
  await http.run('five-transform', LONG_RUN - 2 * tenth, 200);
  const last = await perSecond(http, tenth);
  say(`growth: ${STORED} executions are stored …`);
  const before = await perSecond(http, PROBE);
  await store(database);
  const beside = await perSecond(http, PROBE);
  await http.close();
  const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)} × (${a}/s, then ${b}/s)`;
  return [
    { name: 'first against last tenth of 300,000', value: ratio(first, last), goal: '≤ 1.3 ×' },
    { name: 'beside 1,000,000 more that are stored', value: ratio(before, beside), goal: '≤ 1.3 ×' },
  ];
}

async function perSecond(http: OverHttp, count: number): Promise<number> {
  return (await http.run('five-transform', count, 200)).executionsPerSecond;
}

/** Copies of an ended execution and of its journal, under ids of the last hours. */
async function store(database: BenchDatabase): Promise<void> {
  const columns =
    'tenant_id, workflow_id, version_id, created_at, started_at, finished_at, seq, status, priority, labels, trigger, input, output';
  await database.query(`
    create temporary table copies as
    with original as (select * from workflow_executions where status = 2 order by id desc limit 1)
    select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - n / 100), 12, '0') || '7' || substr(md5(n::text), 1, 3) ||
            '8' || substr(md5(n::text), 4, 15))::uuid as copy, o.*
      from original o, generate_series(1, ${STORED}) n`);
  await database.query(`
    insert into workflow_executions (id, root_id, shard, ${columns})
    select copy, copy, get_byte(uuid_send(copy), 15), ${columns} from copies`);
  await database.query(`
    insert into execution_events (execution_id, seq, at, data)
    select c.copy, v.seq, v.at, v.data from copies c join execution_events v on v.execution_id = c.id`);
  await database.query('drop table copies');
  await database.query('analyze workflow_executions, execution_events');
}
