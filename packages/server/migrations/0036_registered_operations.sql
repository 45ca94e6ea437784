-- Why: a step may run an operation that the tenant has registered under its id, instead of holding SQL itself.
-- Runs in: < 1 s on any size (a new table only). Safe while the old version runs: yes (it knows no step that uses one).
create table registered_operations (
  tenant_id  uuid        not null references tenants (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by uuid        not null, -- the key, or the person
  name       text        not null check (name <> ''), -- the id of the steps that run it
  definition text        not null, -- JSON: credential, operation, sql, parameters, params, max_rows
  primary key (tenant_id, name)
);
alter table registered_operations enable row level security, force row level security;
create policy owner on registered_operations to current_user using (true) with check (true);
create policy app   on registered_operations to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update, delete on registered_operations to cloudflow_app;
