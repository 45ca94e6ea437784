/** What the catalog must say of every table, so that a table added later cannot forget it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { sql } from '../sql/sql.ts';
import { type As, defaultTenantId } from './database.ts';

const owner: As = { role: 'owner' };
const other = '00000000-0000-7000-8000-0000000000aa';
const keyHash = Buffer.alloc(32, 7);
let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
  await test.database.transaction(owner, async (tx) => {
    await tx.execute(sql`insert into tenants (id, slug, name) values (${other}, 'other', 'Other')`);
    for (const [tenant, hash] of [
      [defaultTenantId, Buffer.alloc(32, 1)],
      [other, keyHash],
    ] as const) {
      const [workflow, version, execution] = [randomUUID(), randomUUID(), tenant.replace('7000-8000', '7000-9000')];
      await tx.execute(
        sql`insert into api_keys (id, tenant_id, name, prefix, key_hash, permissions) values (${randomUUID()}, ${tenant}, 'k', 'cf_', ${hash}, '{}')`,
      );
      await tx.execute(sql`insert into workflows (id, tenant_id, slug) values (${workflow}, ${tenant}, 'w')`);
      await tx.execute(
        sql`insert into workflow_versions (id, tenant_id, workflow_id, version, definition, digest) values (${version}, ${tenant}, ${workflow}, '1', '{}', ${Buffer.alloc(32)})`,
      );
      await tx.execute(
        sql`insert into workflow_executions (id, tenant_id, workflow_id, version_id, root_id, shard) values (${execution}, ${tenant}, ${workflow}, ${version}, ${execution}, 1)`,
      );
      await tx.execute(
        sql`insert into execution_events (execution_id, seq, data) values (${execution}, 1, '[{"e":"succeeded","s":"a","at":1}]')`,
      );
      await tx.execute(
        sql`insert into execution_keys (tenant_id, key, execution_id, hash) values (${tenant}, 'k', ${execution}, ${Buffer.alloc(32)})`,
      );
      await tx.execute(
        sql`insert into workflow_keys (tenant_id, key, workflow_id, created, digest) values (${tenant}, 'k', ${workflow}, true, ${Buffer.alloc(32)})`,
      );
    }
  });
});
afterAll(() => test.drop());

const readable = [
  'tenants',
  'api_keys',
  'workflows',
  'workflow_versions',
  'workflow_executions',
  'execution_events',
  'execution_keys',
  'workflow_keys',
  'workflow_steps',
];

/** How many rows of each table somebody sees. */
const counts = async (as: As) => {
  const client = await test.database.connectDirect('counts', { role: 'owner' });
  try {
    await client.query('begin');
    const tenant = 'tenantId' in as ? as.tenantId : '';
    await client.query(`select set_config('role', $1, true), set_config('app.tenant', $2, true)`, [
      as.role === 'app' ? 'cloudflow_app' : 'none',
      tenant,
    ]);
    const result: Record<string, number> = {};
    for (const table of readable)
      result[table] = Number((await client.query(`select count(*) as n from ${table}`)).rows[0].n);
    return result;
  } finally {
    await client.end();
  }
};

it('shows the app no row of any table while no tenant is set [S046]', async () => {
  expect(await counts({ role: 'app', tenantId: '' })).toEqual(Object.fromEntries(readable.map((table) => [table, 0])));
  expect(await counts({ role: 'owner' })).toEqual(Object.fromEntries(readable.map((table) => [table, 2])));
});

it("shows the app exactly its tenant's rows, and lets it write no other's", async () => {
  expect(await counts({ role: 'app', tenantId: other })).toEqual(
    Object.fromEntries(readable.map((table) => [table, 1])),
  );
  const foreign = test.database.transaction({ role: 'app', tenantId: other }, (tx) =>
    tx.execute(sql`insert into workflows (id, tenant_id, slug) values (${randomUUID()}, ${defaultTenantId}, 'x')`),
  );
  await expect(foreign).rejects.toMatchObject({ code: '42501' });
});

it('gives a command only to an execution that the tenant sees', async () => {
  const [mine, theirs] = await Promise.all(
    [other, defaultTenantId].map(
      async (tenantId) =>
        (
          await test.database.query<{ id: string }>({ role: 'app', tenantId }, sql`select id from workflow_executions`)
        )[0]?.id,
    ),
  );
  const send = (id: string | undefined) =>
    test.database.transaction({ role: 'app', tenantId: other }, (tx) =>
      tx.execute(sql`insert into execution_inbox (shard, execution_id, kind) values (1, ${id}, 'cancel')`),
    );
  expect(await send(mine)).toBe(1);
  await expect(send(theirs)).rejects.toMatchObject({ code: '42501' });
});

it('refuses a reference to a row of another tenant with the same error as one to no row [S048]', async () => {
  const [theirs] = await test.database.query<{ id: string }>(
    { role: 'app', tenantId: defaultTenantId },
    sql`select id from workflows`,
  );
  const refer = (workflowId: string | undefined) =>
    test.database.transaction({ role: 'app', tenantId: other }, (tx) =>
      tx.execute(
        sql`insert into workflow_versions (id, tenant_id, workflow_id, version, definition, digest) values (${randomUUID()}, ${other}, ${workflowId}, '1', '{}', ${Buffer.alloc(32)})`,
      ),
    );
  await expect(refer(theirs?.id)).rejects.toMatchObject({ code: '23503' });
  await expect(refer(randomUUID())).rejects.toMatchObject({ code: '23503' });
});

it('lets who authenticates see the one key whose hash it shows, and nothing else', async () => {
  const as: As = { role: 'app', apiKeyHash: keyHash };
  expect(await test.database.query(as, sql`select tenant_id from api_keys`)).toEqual([{ tenant_id: other }]);
  expect(await test.database.query(as, sql`select id from workflows`)).toEqual([]);
  expect(
    await test.database.query({ role: 'app', apiKeyHash: Buffer.alloc(32, 9) }, sql`select id from api_keys`),
  ).toEqual([]);
});

it('keeps the engine away from what it does not need', async () => {
  for (const refused of [sql`select 1 from api_keys`, sql`select 1 from tenants`]) {
    await expect(test.database.query({ role: 'engine' }, refused)).rejects.toMatchObject({ code: '42501' });
  }
  const write = test.database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`update workflow_versions set definition = '{}'`),
  );
  await expect(write).rejects.toMatchObject({ code: '42501' });
});

it('forces row security, with policies, on every table but the list of migrations [S048]', async () => {
  const bare = await test.database.query(
    owner,
    sql`
    select c.relname
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
       and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`,
  );
  expect(bare).toEqual([]);
});

it('opens a table with tenant_id to the app only through a policy that names the tenant [S048]', async () => {
  const open = await test.database.query(
    owner,
    sql`
    select c.relname, p.polname
      from pg_policy p
      join pg_class c on c.oid = p.polrelid
     where (p.polroles = '{0}' or 'cloudflow_app'::regrole = any (p.polroles))
       and coalesce(pg_get_expr(p.polqual, p.polrelid), '') || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
           !~ 'current_tenant\\(\\)|app.api_key_hash|sees_execution\\(execution_id\\)'`,
  );
  expect(open).toEqual([]);
});

it('has roles that own nothing and bypass nothing, views that ask as the caller, and no function with rights of its own [S048]', async () => {
  const roles = await test.database.query(
    owner,
    sql`
    select rolname, rolsuper, rolbypassrls, rolcanlogin, (select count(*)::int from pg_class where relowner = r.oid) as owns
      from pg_roles r where rolname in ('cloudflow_app', 'cloudflow_engine') order by 1`,
  );
  const powerless = { rolsuper: false, rolbypassrls: false, rolcanlogin: false, owns: 0 };
  expect(roles).toEqual([
    { rolname: 'cloudflow_app', ...powerless },
    { rolname: 'cloudflow_engine', ...powerless },
  ]);
  const views = await test.database.query(
    owner,
    sql`
    select relname from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace
       and not coalesce(reloptions, '{}') @> '{security_invoker=true}'`,
  );
  expect(views).toEqual([]);
  const functions = await test.database.query(
    owner,
    sql`select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`,
  );
  expect(functions).toEqual([]);
});

it('gives the app no right on a single partition, so that none can be read past the policies of the whole', async () => {
  const rights = await test.database.query(
    owner,
    sql`
    select c.relname from pg_class c
     where c.relispartition and has_table_privilege('cloudflow_app', c.oid, 'select, insert, update, delete')`,
  );
  expect(rights).toEqual([]);
});
