-- Why: a publish that is repeated with its Idempotency-Key gets the answer of the first one.
-- Runs in: < 1 s on any size (new table only). Safe while the old version runs: yes.
create table workflow_keys (
  tenant_id   uuid        not null,
  workflow_id uuid        not null,
  created_at  timestamptz not null default now(),
  created     boolean     not null, -- the first one made the version: 201
  key         text        not null,
  digest      bytea       not null check (octet_length(digest) = 32), -- SHA-256 of the canonical definition that was sent
  primary key (tenant_id, key)
);
create index workflow_keys_age on workflow_keys (created_at);
alter table workflow_keys enable row level security, force row level security;
create policy owner  on workflow_keys to current_user using (true) with check (true);
create policy engine on workflow_keys to cloudflow_engine using (true) with check (true);
create policy app    on workflow_keys to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert on workflow_keys to cloudflow_app;
grant select, delete on workflow_keys to cloudflow_engine; -- the chore that forgets them knows no tenant
