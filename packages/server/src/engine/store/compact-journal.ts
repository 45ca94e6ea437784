/** Rows of a journal, and one in the place of its older ones. */

import type { Database, Tx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import type { SegmentRow } from '../compaction/segment.ts';

export type Replacement = {
  readonly executionId: string;
  readonly shard: number;
  readonly owner: string;
  readonly epoch: bigint;
  /** The last of the rows that go; the new one has its number. */
  readonly upTo: number;
  /** So many rows go. */
  readonly count: number;
  readonly at: string;
  readonly data: string;
  /** Digests of the segments that the new row names. */
  readonly segments: readonly string[];
  /** The segments are in this database: they are looked for once more, in the same transaction. */
  readonly segmentsHere: boolean;
};

const pageRows = 1_000;
const pageBytes = 1024 * 1024;

export async function firstRow(
  database: Database,
  executionId: string,
): Promise<{ readonly seq: number; readonly data: string } | undefined> {
  const [row] = await database.query<{ seq: number; data: string }>(
    { role: 'engine' },
    sql`select seq, data from execution_events where execution_id = ${executionId} order by seq limit 1`,
  );
  return row;
}

/** At most about a megabyte of them, at least one. */
export function rowsAfter(
  database: Database,
  executionId: string,
  after: number,
  upTo: number,
): Promise<readonly SegmentRow[]> {
  return database.query<SegmentRow>(
    { role: 'engine' },
    sql`
    select seq, at, data
      from (select seq, (extract(epoch from at) * 1000000)::int8::text as at, data,
                   sum(octet_length(data)) over (order by seq) - octet_length(data) as before
              from (select seq, at, data from execution_events
                     where execution_id = ${executionId} and seq > ${after} and seq <= ${upTo} order by seq limit ${pageRows}) page) measured
     where before < ${pageBytes} order by seq`,
  );
}

/**
 * In one transaction, which the shard's row fences as it fences a flush: whoever takes the shard waits for the end of this, or is
 * seen by it. False when the shard is not ours. That as many rows go as are in segments is what makes it safe against another
 * that does the same. That the segments are there is asked here again, since the server that they were put on may not be the
 * one that answers now: a standby that was promoted in between may lack them.
 */
export function replaceRows(database: Database, of: Replacement): Promise<boolean> {
  const { executionId, shard, owner, epoch, upTo, count, at, data } = of;
  return database.transaction({ role: 'engine' }, async (tx) => {
    const held = await tx.rows(sql`
      select shard from shards where shard = ${shard} and owner = ${owner} and epoch = ${String(epoch)}::int8 for share`);
    if (held.length === 0) return false;
    if (of.segmentsHere) await mustHave(tx, executionId, of.segments);
    const gone = await tx.execute(
      sql`delete from execution_events where execution_id = ${executionId} and seq <= ${upTo}`,
    );
    if (gone !== count)
      throw new Error(`the journal of ${executionId} has ${gone} rows up to ${upTo}, and not ${count}`);
    await tx.execute(sql`
      insert into execution_events (execution_id, seq, at, data)
      values (${executionId}, ${upTo}, 'epoch'::timestamptz + ${at}::int8 * interval '1 microsecond', ${data})`);
    return true;
  });
}

async function mustHave(tx: Tx, executionId: string, digests: readonly string[]): Promise<void> {
  const found = await tx.row<{ n: number }>(sql`
    select count(*)::int as n from blobs
     where area = 'executions' and owner = ${executionId}
       and digest = any (${digests.map((digest) => Buffer.from(digest, 'hex'))}::bytea[])`);
  if (found?.n !== new Set(digests).size)
    throw new Error(`segments of ${executionId} are not on the server that answers now`);
}
