/**
 * The schema as readable SQL, out of the catalog: what the migrations add up to. For reviewers and for docs/reference; the
 * migrations alone make databases. Partitions are left out, since they depend on the date.
 */
import type pg from 'pg';

/** The same text for the same migrations, on every machine. */
export async function describeSchema(client: pg.ClientBase): Promise<string> {
  const parts: string[] = [];
  for (const query of [functions, tables, views]) {
    const { rows } = await client.query<{ text: string }>(query);
    parts.push(...rows.map(({ text }) => text.trimEnd()));
  }
  // Policies for the owner name whoever ran the migrations.
  const { rows } = await client.query<{ name: string }>('select current_user::text as name');
  const owner = new RegExp(`\\bto ${rows[0]?.name}\\b`, 'g');
  return `${parts.join('\n\n').replace(owner, 'to <owner>')}\n`;
}

const functions = `
  select pg_get_functiondef(p.oid) || ';' as text
    from pg_proc p
   where p.pronamespace = 'public'::regnamespace
   order by p.proname`;

const columns = `
  select string_agg(format('  %-20s %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                           case when a.attnotnull then ' not null' else '' end,
                           case when a.attidentity <> '' then ' generated always as identity' else '' end,
                           ' default ' || pg_get_expr(d.adbin, d.adrelid)), E',\\n' order by a.attnum)
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`;

const constraints = `
  select string_agg(format(E',\\n  constraint %s %s', k.conname, pg_get_constraintdef(k.oid)), '' order by k.contype desc, k.conname)
    from pg_constraint k
   where k.conrelid = c.oid and k.contype <> 'n'`;

const indexes = `
  select string_agg(E'\\n' || replace(replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '), 'public.', '') || ';', '' order by i.indexrelid::regclass::text)
    from pg_index i
   where i.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`;

const policies = `
  select string_agg(format(E'\\ncreate policy %s on %s for %s to %s%s%s;', p.policyname, c.relname, lower(p.cmd), array_to_string(p.roles, ', '),
                           ' using (' || p.qual || ')', ' with check (' || p.with_check || ')'), '' order by p.policyname)
    from pg_policies p
   where p.schemaname = 'public' and p.tablename = c.relname`;

const grants = `
  select string_agg(format(E'\\ngrant %s on %s to %s;', g.privileges, c.relname, g.grantee), '' order by g.grantee)
    from (select a.grantee::regrole::text as grantee, string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as privileges
            from aclexplode(c.relacl) a
           where a.grantee <> c.relowner
           group by 1) g`;

const tables = `
  select case when c.relkind = 'S' then format('create sequence %s;', c.relname)
         else format(E'create table %s (\\n%s%s\\n)%s%s;%s%s%s', c.relname, (${columns}), (${constraints}),
                ' partition by ' || pg_get_partkeydef(c.oid),
                ' with (' || array_to_string(c.reloptions, ', ') || ')',
                (${indexes}),
                case when c.relforcerowsecurity then format(E'\\nalter table %s enable row level security, force row level security;', c.relname) end,
                (${policies}))
         end || coalesce((${grants}), '') as text
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and not c.relispartition
     and (c.relkind in ('r', 'p') or c.relkind = 'S' and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i'))
   order by c.relname`;

const views = `
  select format(E'create view %s with (%s) as\\n%s', c.relname, array_to_string(c.reloptions, ', '), pg_get_viewdef(c.oid)) || coalesce((${grants}), '') as text
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
   order by c.relname`;
