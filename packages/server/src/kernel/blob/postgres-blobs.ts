/** Blobs in the database itself: one thing to back up, and every process sees them. */
import type { Database } from '../db/database.ts';
import { sql } from '../sql/sql.ts';
import { type BlobPlace, type BlobStore, MissingBlobError, verified } from './blob-store.ts';

/** The largest take a while on a slow line. */
const options = { timeoutMs: 30_000 };
const pageOfOwners = 500;

export function createPostgresBlobs(database: Database): BlobStore {
  return {
    home: 'postgres',

    async put({ tenantId, area, owner }, { digest, content }) {
      await database.transaction(
        { role: 'engine' },
        (tx) =>
          tx.execute(sql`
            insert into blobs (owner, tenant_id, area, digest, content)
            values (${owner}, ${tenantId}, ${area}, decode(${digest}, 'hex'), ${content}) on conflict do nothing`),
        options,
      );
    },

    async get(place, digest) {
      const { tenantId, area, owner } = place;
      const [row] = await database.query<{ content: Buffer }>(
        { role: 'app', tenantId },
        sql`
        select content from blobs
         where tenant_id = ${tenantId} and area = ${area} and owner = ${owner} and digest = decode(${digest}, 'hex')`,
        options,
      );
      if (row === undefined) throw new MissingBlobError(place, digest);
      return verified(place, digest, row.content);
    },

    async remove({ tenantId, area, owner }) {
      await database.transaction(
        { role: 'engine' },
        (tx) =>
          tx.execute(sql`delete from blobs where tenant_id = ${tenantId} and area = ${area} and owner = ${owner}`),
        options,
      );
    },

    async *ownersBefore(area, before) {
      for (let after: string | null = null; ; ) {
        const page: BlobPlace[] = await database.query<BlobPlace>(
          { role: 'engine' },
          sql`
          select distinct tenant_id as "tenantId", area, owner from blobs
           where area = ${area} and owner < ${before} and (${after}::uuid is null or owner > ${after})
           order by owner limit ${pageOfOwners}`,
          options,
        );
        const last = page.at(-1);
        if (last === undefined) return;
        yield page;
        after = last.owner;
      }
    },
  };
}

/**
 * Binds the database to this store of blobs, once. Throws when its blobs are elsewhere: a process that looked in another
 * place would find none of them, and write where the others do not look.
 */
export async function claimBlobHome(database: Database, { home }: BlobStore): Promise<void> {
  const row = await database.transaction({ role: 'owner' }, async (tx) => {
    await tx.execute(sql`insert into blob_home (home) values (${home}) on conflict do nothing`);
    return tx.row<{ home: string }>(sql`select home from blob_home`);
  });
  if (row?.home === home) return;
  throw new Error(
    `the large values of this database are in ${row?.home}, and this process would look for them in ${home}: ` +
      'give every process the same CLOUDFLOW_BLOBS, and with `disk` the same directory',
  );
}
