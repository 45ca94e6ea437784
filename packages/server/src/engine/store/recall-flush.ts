/** What is asked after the answer to a flush was lost, or a key was taken. */
import type pg from 'pg';

/** The executions that this flush wrote as their owner; undefined: it was not committed. */
export async function recallFlush(client: pg.Client, flushId: string): Promise<ReadonlySet<string> | undefined> {
  const { rows } = await client.query<{ readonly refs: string }>({
    name: 'recall_flush',
    text: `select array_to_string(refs, ',') as refs from engine_commits where flush_id = $1::uuid`,
    values: [flushId],
  });
  const [row] = rows;
  return row === undefined ? undefined : new Set(row.refs.split(',').filter(Boolean));
}

export type AskedKey = { readonly tenantId: string; readonly key: string; readonly hash: Buffer };
export type KeyHolder = { readonly executionId: string; readonly sameBody: boolean };

/** Who holds each of these idempotency keys, in their order; undefined where the key has been purged meanwhile. */
export async function readKeyHolders(
  client: pg.Client,
  asked: readonly AskedKey[],
): Promise<(KeyHolder | undefined)[]> {
  const { rows } = await client.query<{ readonly place: number; readonly id: string; readonly same: boolean }>({
    name: 'read_key_holders',
    text: `
      select a.place::int as place, k.execution_id::text as id, k.hash = a.hash as same
        from unnest($1::uuid[], $2::text[], $3::bytea[]) with ordinality a (tenant_id, key, hash, place)
        join execution_keys k on k.tenant_id = a.tenant_id and k.key = a.key`,
    values: [asked.map(({ tenantId }) => tenantId), asked.map(({ key }) => key), asked.map(({ hash }) => hash)],
  });
  const holders = asked.map((): KeyHolder | undefined => undefined);
  for (const { place, id, same } of rows) holders[place - 1] = { executionId: id, sameBody: same };
  return holders;
}
