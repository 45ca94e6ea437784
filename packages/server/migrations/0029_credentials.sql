-- Why: workflows use what is secret by a name, and nobody reads it back.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes.
create table credentials (
  id            uuid        primary key,
  tenant_id     uuid        not null references tenants (id),
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  created_by    uuid        not null, -- the key, or the person
  updated_by    uuid        not null,
  name          text        not null check (name <> ''),
  type          text        not null,
  description   text        not null,
  fields        text[]      not null, -- names of what `values` holds, which may be shown
  allowed_hosts text[],               -- null: may be sent anywhere
  "values"      bytea       not null, -- encrypted, bound to tenant and id
  constraint credentials_name unique (tenant_id, name)
);
alter table credentials enable row level security, force row level security;
create policy owner on credentials to current_user using (true) with check (true);
create policy app   on credentials to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update, delete on credentials to cloudflow_app;

-- A creation that is repeated with its Idempotency-Key gets the answer of the first one.
create table credential_keys (
  tenant_id     uuid        not null,
  credential_id uuid        not null,
  created_at    timestamptz not null default now(),
  key           text        not null,
  request       bytea       not null, -- keyed hash of what was sent: nobody tries values against it
  primary key (tenant_id, key)
);
create index credential_keys_age on credential_keys (created_at);
alter table credential_keys enable row level security, force row level security;
create policy owner  on credential_keys to current_user using (true) with check (true);
create policy engine on credential_keys to cloudflow_engine using (true) with check (true);
create policy app    on credential_keys to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert on credential_keys to cloudflow_app;
grant select, delete on credential_keys to cloudflow_engine; -- the chore that forgets them knows no tenant
