-- Why: workflows and their versions. A version is written once; executions are pinned to one for ever.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes.

create table workflows (
  id                 uuid        primary key,
  tenant_id          uuid        not null references tenants (id),
  slug               text        not null check (slug <> ''), -- the `id` of the document
  enabled            boolean     not null default true,
  current_version_id uuid,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  deleted_at         timestamptz,
  unique (tenant_id, id) -- what other tables refer to: a reference cannot cross tenants
);
create unique index workflows_live_slug on workflows (tenant_id, slug) where deleted_at is null;
alter table workflows enable row level security, force row level security;
create policy owner  on workflows to current_user using (true) with check (true);
create policy app    on workflows to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
create policy engine on workflows for select to cloudflow_engine using (true);
grant select, insert, update on workflows to cloudflow_app;
grant select on workflows to cloudflow_engine;

create table workflow_versions (
  id          uuid        primary key,
  tenant_id   uuid        not null,
  workflow_id uuid        not null,
  version     text        not null check (version <> ''),
  definition  text        not null, -- the JSON as it was given
  digest      bytea       not null check (octet_length(digest) = 32), -- SHA-256 of the canonical definition
  created_at  timestamptz not null default now(),
  unique (tenant_id, workflow_id, version), -- with the tenant in it: a conflict must not tell of another tenant's rows
  unique (tenant_id, id),
  foreign key (tenant_id, workflow_id) references workflows (tenant_id, id)
);
alter table workflow_versions enable row level security, force row level security;
create policy owner  on workflow_versions to current_user using (true) with check (true);
create policy app    on workflow_versions to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
create policy engine on workflow_versions for select to cloudflow_engine using (true);
grant select, insert on workflow_versions to cloudflow_app; -- no update: a version never changes
grant select on workflow_versions to cloudflow_engine;

alter table workflows add foreign key (tenant_id, current_version_id) references workflow_versions (tenant_id, id);
