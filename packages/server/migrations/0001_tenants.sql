-- Why: every row belongs to a tenant from the first day on, and the database itself keeps tenants apart.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes.
--
-- Roles (made before the first migration, see kernel/migrate/roles.ts):
--   cloudflow_app     the API and the services: sees the rows of the tenant that the transaction is set to, else none
--   cloudflow_engine  the engine: sees its own tables whole, and nothing that it does not need
--   the owner         who connects: migrations, bootstrap, maintenance; row security is forced on it too, hence its policies

-- The tenant of this transaction; null when none is set, and a comparison with null shows no row.
create function current_tenant() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.tenant', true), '')::uuid;

create table tenants (
  id         uuid        primary key,
  slug       text        not null unique check (slug <> ''),
  name       text        not null,
  created_at timestamptz not null default now()
);
alter table tenants enable row level security, force row level security;
create policy owner on tenants to current_user using (true) with check (true);
create policy app   on tenants to cloudflow_app using (id = current_tenant());
grant select on tenants to cloudflow_app;

-- An installation without tenants works in this one.
insert into tenants (id, slug, name) values ('00000000-0000-7000-8000-000000000001', 'default', 'Default');

create table api_keys (
  id          uuid        primary key,
  tenant_id   uuid        not null references tenants (id),
  name        text        not null,
  prefix      text        not null,        -- the part that may be shown
  key_hash    bytea       not null unique, -- SHA-256 of the whole key; the key itself is nowhere
  permissions text[]      not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz,
  revoked_at  timestamptz
);
create index api_keys_tenant on api_keys (tenant_id, id);
alter table api_keys enable row level security, force row level security;
create policy owner on api_keys to current_user using (true) with check (true);
create policy app   on api_keys to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
-- Who authenticates does not know the tenant yet: it sees the one key whose hash it shows.
create policy authenticate on api_keys for select to cloudflow_app
  using (key_hash = decode(nullif(current_setting('app.api_key_hash', true), ''), 'hex'));
grant select, insert, update on api_keys to cloudflow_app;
