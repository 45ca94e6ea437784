/**
 * Secrets in PostgreSQL: envelope encryption. A value is encrypted under the newest key of its tenant, whose number stands
 * before it; those keys are rows, encrypted under the master key, which is in no database.
 */
import { randomBytes } from 'node:crypto';
import { CannotDecryptError, decrypt, encrypt, keyBytes, keyedHash } from '../crypto/aes-gcm.ts';
import type { Database } from '../db/database.ts';
import { sql } from '../sql/sql.ts';
import { wrapPlace } from './claim-master-key.ts';
import type { MasterKey } from './master-key.ts';
import type { Sealer, SecretBox } from './secret-box.ts';

type DataKey = { readonly id: number; readonly key: Buffer };
type Ring = { readonly newest: DataKey; readonly all: ReadonlyMap<number, DataKey>; readonly readAt: number };

/** Tenants whose keys are held unwrapped; of more, those used longest ago are read again. */
const tenantsHeld = 1_000;
/** A newer key, which another process made, is used for encrypting after so long. */
const heldForMs = 300_000;
/** Of what stands before a ciphertext: the version of this form, and the number of the key. */
const headerBytes = 5;
const formVersion = 1;

export type PostgresSecretsDeps = {
  readonly database: Database;
  readonly master: MasterKey;
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
};

export function createPostgresSecrets({ database, master, monotonic }: PostgresSecretsDeps): SecretBox {
  const rings = new Map<string, Ring>();

  async function ringOf(tenantId: string, needed?: number): Promise<Ring> {
    const held = rings.get(tenantId);
    const isUsable =
      held !== undefined && (needed === undefined ? monotonic() - held.readAt < heldForMs : held.all.has(needed));
    const ring = isUsable ? held : await readRing(tenantId);
    rings.delete(tenantId); // a Map forgets in the order of insertion: every use inserts anew
    rings.set(tenantId, ring);
    for (const oldest of rings.keys()) {
      if (rings.size <= tenantsHeld) break;
      rings.delete(oldest);
    }
    return ring;
  }

  async function readRing(tenantId: string): Promise<Ring> {
    const rows = await keyRows(tenantId);
    const found = rows.length > 0 ? rows : await makeFirst(tenantId);
    const all = new Map(
      found.map(({ id, wrapped }) => [id, { id, key: decrypt(master.key, wrapped, wrapPlace(tenantId, id)) }]),
    );
    return { newest: [...all.values()].reduce((a, b) => (a.id > b.id ? a : b)), all, readAt: monotonic() };
  }

  type KeyRow = { readonly id: number; readonly wrapped: Buffer };

  function keyRows(tenantId: string): Promise<readonly KeyRow[]> {
    return database.query<KeyRow>(
      { role: 'app', tenantId },
      sql`select id, wrapped from data_keys where tenant_id = ${tenantId}`,
    );
  }

  /** Two who make it at once meet at the primary key: the later one waits, and takes what the other has made. */
  async function makeFirst(tenantId: string): Promise<readonly KeyRow[]> {
    const wrapped = encrypt(master.key, randomBytes(keyBytes), wrapPlace(tenantId, 1));
    await database.transaction({ role: 'app', tenantId }, (tx) =>
      tx.execute(
        sql`insert into data_keys (tenant_id, id, wrapped) values (${tenantId}, 1, ${wrapped}) on conflict do nothing`,
      ),
    );
    return keyRows(tenantId);
  }

  return {
    async sealer(tenantId) {
      const { newest } = await ringOf(tenantId);
      return sealerOf(tenantId, newest);
    },
    async open(tenantId, place, sealed) {
      if (sealed.length < headerBytes || sealed[0] !== formVersion)
        throw new CannotDecryptError('this is not an encrypted value of this version');
      const id = sealed.readUInt32BE(1);
      const found = (await ringOf(tenantId, id)).all.get(id);
      if (found === undefined) throw new CannotDecryptError(`the key ${id} of the tenant is missing`);
      return decrypt(found.key, sealed.subarray(headerBytes), bound(tenantId, place));
    },
  };
}

function sealerOf(tenantId: string, { id, key }: DataKey): Sealer {
  const header = Buffer.alloc(headerBytes);
  header[0] = formVersion;
  header.writeUInt32BE(id, 1);
  return {
    tenantId,
    seal: (place, plain) => Buffer.concat([header, encrypt(key, plain, bound(tenantId, place))]),
    hash: (purpose, text) => keyedHash(key, `${tenantId}/${purpose}\n${text}`),
  };
}

function bound(tenantId: string, place: string): string {
  return `${tenantId}/${place}`;
}
