/**
 * A publish under an idempotency key: the answer is kept in the transaction of the publish, and is given again to whoever
 * comes with the same key and asks for the same, also when the workflow has been deleted since.
 *
 * Two at once with one key and one request queue at the lock of the workflow; with two requests they meet at the unique key,
 * where the later one waits for the commit of the other, is refused, and leaves nothing behind.
 */
import type { Tx } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import * as store from './store.ts';

export type Published = Omit<store.KeyRow, 'digest'>;

export type PublishedOnce = Published & {
  /** It is the answer to an earlier request with this key. */
  readonly replayed: boolean;
};

export type KeyedRequest = {
  readonly tenantId: string;
  /** The `Idempotency-Key`. */
  readonly key: string | undefined;
  /** SHA-256 of what is asked. */
  readonly digest: Buffer;
};

/** Throws `idempotency_key_reused`, and what `publish` throws. */
export async function publishOnce(
  tx: Tx,
  request: KeyedRequest,
  publish: () => Promise<Published>,
): Promise<PublishedOnce> {
  const { tenantId, key, digest } = request;
  if (key === undefined) return { ...(await publish()), replayed: false };
  const earlier = await findEarlier(tx, request, key);
  if (earlier) return earlier;
  const published = await publish();
  if (await store.insertKey(tx, { ...published, tenantId, digest, key })) return { ...published, replayed: false };
  // Another has just committed under this key: a new statement sees its row.
  const theirs = await findEarlier(tx, request, key);
  if (theirs) return theirs;
  throw problem('idempotency_in_progress', { retryAfter: 1 });
}

async function findEarlier(
  tx: Tx,
  { tenantId, digest }: KeyedRequest,
  key: string,
): Promise<PublishedOnce | undefined> {
  const known = await store.findKey(tx, tenantId, key);
  if (!known) return undefined;
  const { digest: asked, ...published } = known;
  if (asked.equals(digest)) return { ...published, replayed: true };
  throw problem('idempotency_key_reused', { detail: 'This key published something else.' });
}
