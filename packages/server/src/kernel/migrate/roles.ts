/**
 * The two roles under which everything but maintenance runs. They belong to the server, not to one database, so they are
 * looked after at every start: a database restored on another server finds them again, and several databases share them.
 */
import type pg from 'pg';
import { errorCode } from '../db/errors.ts';

export const databaseRoles = ['cloudflow_app', 'cloudflow_engine'] as const;

type RoleState = { readonly name: string; readonly exists: boolean; readonly usable: boolean };

/** Makes what is missing and grants it to the connecting user, who then may `set local role`. */
export async function ensureRoles(client: pg.ClientBase): Promise<void> {
  for (const { name, exists, usable } of await readStates(client)) {
    if (!exists)
      await ignoring(
        client,
        `create role ${name} nologin nosuperuser nobypassrls nocreatedb nocreaterole`,
        alreadyThere,
      );
    if (!usable) await ignoring(client, `grant ${name} to current_user`, alreadyThere);
  }
  const unusable = (await readStates(client)).filter(({ usable }) => !usable);
  if (unusable.length > 0) throw cannotUse(unusable.map(({ name }) => name));
}

async function readStates(client: pg.ClientBase): Promise<readonly RoleState[]> {
  const { rows } = await client.query<RoleState>(
    `select name, r.oid is not null as exists,
            r.oid is not null and pg_has_role(current_user, r.oid, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) as usable
       from unnest($1::text[]) as name left join pg_roles r on r.rolname = name`,
    [databaseRoles],
  );
  return rows;
}

/** Another database of this server was quicker: its role or grant is ours too. Also said as "tuple concurrently updated". */
const alreadyThere = new Set(['42710', '23505', 'XX000', '42501']);

/** `42501`, not allowed to, is among them: what matters is whether the roles are usable afterwards, which is asked once more. */
async function ignoring(client: pg.ClientBase, statement: string, codes: ReadonlySet<string>): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if (!codes.has(errorCode(error) ?? '')) throw error;
  }
}

function cannotUse(roles: readonly string[]): Error {
  const statements = roles.map((role) => `create role ${role} nologin; grant ${role} to <the user of DATABASE_URL>;`);
  return new Error(
    `the database user may not create or use the roles that CloudFlow needs: let an administrator of the server run: ${statements.join(' ')}`,
  );
}
