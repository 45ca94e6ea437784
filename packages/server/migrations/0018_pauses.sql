-- Why: a workflow, or all of a tenant, is paused and goes on as one.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes (it does not know of pauses, and goes on).
--
-- A row is a pause that lasts. The owners of the shards read them, and write into the journals what follows; see
-- engine/pausing.
create table pauses (
  tenant_id   uuid        not null references tenants (id),
  workflow_id uuid,       -- null: the whole tenant
  created_at  timestamptz not null default clock_timestamp(),
  created_by  text        not null,
  reason      text,
  unique nulls not distinct (tenant_id, workflow_id)
);
alter table pauses enable row level security, force row level security;
create policy owner  on pauses to current_user using (true) with check (true);
create policy engine on pauses to cloudflow_engine using (true) with check (true);
create policy app    on pauses for select to cloudflow_app using (tenant_id = current_tenant());
grant select on pauses to cloudflow_app;
grant select, insert, delete on pauses to cloudflow_engine;

-- Counts the changes, in their transactions: who has seen this number has seen all pauses that it stands for. One row.
create table pause_changes (
  is_one  boolean primary key default true check (is_one),
  version bigint  not null
);
insert into pause_changes (version) values (1);
alter table pause_changes enable row level security, force row level security;
create policy owner  on pause_changes to current_user using (true) with check (true);
create policy engine on pause_changes to cloudflow_engine using (true) with check (true);
grant select, update on pause_changes to cloudflow_engine;
