/**
 * Credentials: what is secret, under a name. Values go in and are used; they never come out. Encrypted under the key of the
 * tenant and bound to the row.
 */
import type { Database, Tx } from '../kernel/db/database.ts';
import { errorCode } from '../kernel/db/errors.ts';
import { problem } from '../kernel/errors/problem.ts';
import type { SecretBox } from '../kernel/secret/secret-box.ts';
import {
  type CredentialTypeName,
  type CredentialValues,
  hostsOf,
  secretValues,
  valueProblems,
} from './credential-types.ts';
import * as store from './store.ts';

export type CredentialDeps = {
  readonly database: Database;
  readonly secrets: SecretBox;
  /** A new UUIDv7. */
  readonly newId: () => string;
};

export type Credentials = ReturnType<typeof createCredentials>;

export type CredentialDraft = {
  readonly name: string;
  readonly type: CredentialTypeName;
  readonly values: CredentialValues;
  readonly description: string;
  readonly allowedHosts: readonly string[] | null;
};

type Actor = { readonly tenantId: string; readonly principalId: string };

/** As it is used. */
export type OpenCredential = {
  readonly type: CredentialTypeName;
  readonly values: CredentialValues;
  /** Those of the values that are to be masked. */
  readonly secrets: readonly string[];
  readonly allowedHosts: readonly string[] | null;
};

/** Of one tenant. */
const mostCredentials = 10_000;
const uniqueViolation = '23505';

export function createCredentials({ database, secrets, newId }: CredentialDeps) {
  const reader = (tenantId: string): store.Reader => ({
    rows: (query) => database.query({ role: 'app', tenantId }, query),
  });
  const changing = <T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
    database.transaction({ role: 'app', tenantId }, work);

  return {
    /** Throws `invalid_credential`, `credential_exists`, and of a key what the API says of keys. */
    async create(
      { tenantId, principalId }: Actor,
      draft: CredentialDraft,
      key: string | undefined,
    ): Promise<{ readonly row: store.CredentialRow; readonly replayed: boolean }> {
      mustFit(draft.type, draft.values);
      const sealer = await secrets.sealer(tenantId);
      const id = newId();
      const sealed = sealer.seal(placeOf(id), Buffer.from(JSON.stringify(draft.values)));
      const request = sealer.hash('credential-request', JSON.stringify(draft));
      const made = { ...draft, id, fields: Object.keys(draft.values), createdBy: principalId, sealed };
      return changing(tenantId, async (tx) => {
        const earlier = key === undefined ? undefined : await earlierOf(tx, tenantId, { key, request });
        if (earlier) return { row: earlier, replayed: true };
        if ((await store.count(tx, tenantId)) >= mostCredentials) throw tooMany();
        // Two under one name meet at the unique index: the later one waits for the commit of the other, and is refused.
        const row = await store.insert(tx, tenantId, made);
        // Two under one key have one name, or the later one finds the key taken: nothing of it stays.
        if (!row) {
          const first = key === undefined ? undefined : await earlierOf(tx, tenantId, { key, request });
          if (first) return { row: first, replayed: true };
          throw taken(draft.name);
        }
        if (key !== undefined && !(await store.insertKey(tx, tenantId, key, { credentialId: id, request })))
          throw problem('idempotency_in_progress', { retryAfter: 1 });
        return { row, replayed: false };
      });
    },

    list: (tenantId: string, page: { readonly before: string | null; readonly limit: number }) =>
      store.list(reader(tenantId), tenantId, page),

    /** What is given changes; `values` as a whole. What runs already goes on with what it was given. */
    async update(
      { tenantId, principalId }: Actor,
      id: string,
      change: Partial<Omit<CredentialDraft, 'type'>>,
    ): Promise<store.CredentialRow> {
      const sealer = await secrets.sealer(tenantId);
      try {
        return await changing(tenantId, async (tx) => {
          const row = await store.lock(tx, tenantId, id);
          if (!row) throw problem('not_found');
          const { values } = change;
          if (values) mustFit(row.type as CredentialTypeName, values);
          const updated = await store.update(tx, tenantId, id, {
            name: change.name ?? row.name,
            description: change.description ?? row.description,
            fields: values ? Object.keys(values) : row.fields,
            allowedHosts: change.allowedHosts === undefined ? row.allowedHosts : change.allowedHosts,
            sealed: values ? sealer.seal(placeOf(id), Buffer.from(JSON.stringify(values))) : null,
            updatedBy: principalId,
          });
          if (!updated) throw problem('not_found');
          return updated;
        });
      } catch (error) {
        throw errorCode(error) === uniqueViolation ? taken(change.name ?? '') : error;
      }
    },

    async remove(tenantId: string, id: string): Promise<void> {
      if (!(await changing(tenantId, (tx) => store.remove(tx, tenantId, id)))) throw problem('not_found');
    },

    /** Undefined when there is none of this name. */
    async open(tenantId: string, name: string): Promise<OpenCredential | undefined> {
      const row = await store.findSealed(reader(tenantId), tenantId, name);
      if (!row) return undefined;
      const values = JSON.parse(
        (await secrets.open(tenantId, placeOf(row.id), row.sealed)).toString(),
      ) as CredentialValues;
      const type = row.type as CredentialTypeName;
      return {
        type,
        values,
        secrets: secretValues(type, values),
        allowedHosts: row.allowedHosts ?? hostsOf(type, values),
      };
    },

    /** For a look at it: `not_found` when there is none. */
    async find(tenantId: string, id: string): Promise<store.CredentialRow> {
      const row = await store.find(reader(tenantId), tenantId, id);
      if (!row) throw problem('not_found');
      return row;
    },

    /** Of these names those that do not exist. */
    async missing(tenantId: string, names: readonly string[]): Promise<readonly string[]> {
      if (names.length === 0) return names;
      const known = new Set(await store.known(reader(tenantId), tenantId, names));
      return names.filter((name) => !known.has(name));
    },

    names: (tenantId: string) => store.names(reader(tenantId), tenantId, 1_000),
  };
}

async function earlierOf(
  tx: Tx,
  tenantId: string,
  { key, request }: { readonly key: string; readonly request: Buffer },
): Promise<store.CredentialRow | undefined> {
  const earlier = await store.findKey(tx, tenantId, key);
  if (!earlier) return undefined;
  if (!earlier.request.equals(request))
    throw problem('idempotency_key_reused', { detail: 'This key made another credential.' });
  const row = await store.find(tx, tenantId, earlier.credentialId);
  if (!row) throw problem('not_found', { detail: 'What this key made has been deleted since.' });
  return row;
}

/** What its values are bound to: a copy in another row does not open. */
function placeOf(id: string): string {
  return `credential/${id}`;
}

function mustFit(type: CredentialTypeName, values: CredentialValues): void {
  const errors = valueProblems(type, values);
  if (errors.length > 0) throw problem('invalid_credential', { errors });
}

function taken(name: string) {
  return problem('credential_exists', { detail: `There is a credential ${name}.` });
}

function tooMany() {
  return problem('conflict', { detail: `There are ${mostCredentials} credentials: delete those that nobody uses.` });
}
