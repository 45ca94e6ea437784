/**
 * A publish under an idempotency key: the answer is kept in the transaction of the publish, and is given again to whoever
 * comes with the same key and the same definition, also when the workflow has been deleted since.
 *
 * Two at once with one key and one definition queue at the lock of the workflow; with two definitions they meet at the
 * unique key, where the later one waits for the commit of the other, is refused, and leaves nothing behind.
 */
import type { Tx } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { type Draft, type Precondition, type Published, publish } from './publish.ts';
import * as store from './store.ts';

export type PublishedOnce = Published & {
  /** It is the answer to an earlier request with this key. */
  readonly replayed: boolean;
};

export type OnceOptions = {
  readonly newId: () => string;
  readonly precondition: Precondition | null;
  readonly key: string | undefined;
};

/** Throws `idempotency_key_reused`, and what `publish` throws. */
export async function publishOnce(tx: Tx, draft: Draft, { key, ...options }: OnceOptions): Promise<PublishedOnce> {
  if (key === undefined) return { ...(await publish(tx, draft, options)), replayed: false };
  const earlier = await findEarlier(tx, draft, key);
  if (earlier) return earlier;
  const published = await publish(tx, draft, options);
  if (await store.insertKey(tx, { ...draft, ...published, key })) return { ...published, replayed: false };
  // Another has just committed under this key: a new statement sees its row.
  const theirs = await findEarlier(tx, draft, key);
  if (theirs) return theirs;
  throw problem('idempotency_in_progress', { retryAfter: 1 });
}

async function findEarlier(tx: Tx, { tenantId, digest }: Draft, key: string): Promise<PublishedOnce | undefined> {
  const known = await store.findKey(tx, tenantId, key);
  if (!known) return undefined;
  if (known.digest.equals(digest)) return { workflowId: known.workflowId, created: known.created, replayed: true };
  throw problem('idempotency_key_reused', { detail: 'This key published another definition.' });
}
