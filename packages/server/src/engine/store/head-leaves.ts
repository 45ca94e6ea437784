/** In which partition the row of an execution is, read from the catalogue once per session. */
import type pg from 'pg';
import type { LeafFinder } from './flush.ts';

type Leaf = { readonly table: string; readonly from: string; readonly to: string };

/** More months than this in one flush are rare, and each is a clause of its own. */
const MOST_LEAVES = 3;

/**
 * Knows the partitions of this moment. One made later is not found, and its rows are reached through the parent until the
 * next session; one that is detached must end the sessions of the lanes (its rows would be looked for where they are not).
 */
export async function readHeadLeaves(client: pg.Client): Promise<LeafFinder> {
  const { rows } = await client.query<{ readonly table: string; readonly bound: string }>(`
    select c.oid::regclass::text as table, pg_get_expr(c.relpartbound, c.oid) as bound
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'workflow_executions'::regclass and has_table_privilege(c.oid, 'update')`);
  const leaves = rows.map(({ table, bound }) => ({ table, ...boundsOf(bound) }));
  let last: Leaf | undefined;

  function leafOf(id: string): Leaf | undefined {
    if (last === undefined || id < last.from || id >= last.to)
      last = leaves.find(({ from, to }) => id >= from && id < to);
    return last;
  }

  return (executionIds) => {
    const tables = new Set<string>();
    for (const id of executionIds) {
      const leaf = leafOf(id);
      if (leaf === undefined || tables.add(leaf.table).size > MOST_LEAVES) return null;
    }
    return [...tables].sort();
  };
}

/** `FOR VALUES FROM ('…') TO ('…')`, or MINVALUE / MAXVALUE for an open end. UUIDs in lower case sort as text. */
function boundsOf(bound: string): { readonly from: string; readonly to: string } {
  const [, from = 'MINVALUE', to = 'MAXVALUE'] = /FROM \(([^)]*)\) TO \(([^)]*)\)/.exec(bound) ?? [];
  return { from: from === 'MINVALUE' ? '' : from.slice(1, -1), to: to === 'MAXVALUE' ? 'g' : to.slice(1, -1) };
}
