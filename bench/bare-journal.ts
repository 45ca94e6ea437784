/**
 * The ceiling of durable execution on this machine: executions that each need seven commits one after the other (start,
 * five outcomes, end), with group commit over one connection, and nothing else: no rules, no API, no expressions.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Measured, measure } from './measure.ts';

const flushSql = `
  with started as (
    insert into bare_journal.executions (id, tenant, workflow, status, input)
    select id, gen_random_uuid(), gen_random_uuid(), 'RUNNING', input::jsonb from unnest($1::uuid[], $2::text[]) as x (id, input)),
  appended as (
    insert into bare_journal.journal (execution_id, seq, type, step, data)
    select e, s, t, st, d::jsonb from unnest($3::uuid[], $4::int[], $5::smallint[], $6::text[], $7::text[]) as x (e, s, t, st, d))
  update bare_journal.executions set status = 'COMPLETED', finished_at = now() from unnest($8::uuid[]) as f (id) where executions.id = f.id`;

type Row = {
  readonly kind: 'start' | 'step' | 'end';
  readonly id: string;
  readonly seq: number;
  readonly data: string;
  readonly done: () => void;
};

export async function benchBareJournal(
  url: string,
  options: { readonly count: number; readonly inFlight: number; readonly wal: () => Promise<bigint> },
): Promise<Measured> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
    drop schema if exists bare_journal cascade; create schema bare_journal;
    create table bare_journal.executions (id uuid primary key, tenant uuid, workflow uuid, status text, input jsonb, created_at timestamptz default now(), finished_at timestamptz);
    create table bare_journal.journal (execution_id uuid, seq int, type smallint, step text, data jsonb, at timestamptz default now(), primary key (execution_id, seq))`);
  const commit = createWriter(client);
  const measured = await measure({ ...options, warmUp: 1_000, run: (n) => execution(commit, n) });
  await client.query('drop schema bare_journal cascade');
  await client.end();
  return measured;
}

function createWriter(client: pg.Client): (row: Omit<Row, 'done'>) => Promise<void> {
  let queue: Row[] = [];
  let busy = false;
  async function flushWhileThereIsMore(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      await client.query({ name: 'bare_flush', text: flushSql, values: columns(batch) });
      for (const row of batch) row.done();
      await new Promise(setImmediate); // what was resumed runs one turn, so that the next batch holds its rows
    }
    busy = false;
  }
  return (row) =>
    new Promise((done) => {
      queue.push({ ...row, done });
      if (busy) return;
      busy = true;
      setImmediate(() => void flushWhileThereIsMore());
    });
}

function columns(batch: readonly Row[]): unknown[] {
  const [ids, inputs, of, seqs, types, steps, data, ended]: unknown[][] = [[], [], [], [], [], [], [], []];
  for (const row of batch) {
    if (row.kind === 'start') {
      ids?.push(row.id);
      inputs?.push(row.data);
      continue;
    }
    of?.push(row.id);
    seqs?.push(row.seq);
    types?.push(row.kind === 'step' ? 1 : 2);
    steps?.push(row.kind === 'step' ? `step-${row.seq}` : null);
    data?.push(row.data);
    if (row.kind === 'end') ended?.push(row.id);
  }
  return [ids, inputs, of, seqs, types, steps, data, ended];
}

async function execution(commit: (row: Omit<Row, 'done'>) => Promise<void>, n: number): Promise<void> {
  const id = uuidV7();
  await commit({ kind: 'start', id, seq: 0, data: JSON.stringify({ n, name: 'customer', email: 'a@example.com' }) });
  for (let seq = 1; seq <= 5; seq += 1)
    await commit({ kind: 'step', id, seq, data: JSON.stringify({ i: seq, ok: true }) });
  await commit({ kind: 'end', id, seq: 6, data: '{"ok":true}' });
}

function uuidV7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
