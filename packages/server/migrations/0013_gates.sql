-- Why: executions that wait under a concurrency limit, and steps that wait for a lock that others share.
-- Runs in: < 1 s on any size (a new table only). Safe while the old version runs: yes (it neither writes nor reads the table;
-- definitions that need it are refused by the old version).
--
-- A gate is a concurrency key or a lock: its id is a UUID made of what it stands for (engine/gates/gate-id.ts), whose last
-- byte is its shard. Rows are written by flushes behind the fence of that shard alone. Few and short-lived: who holds the
-- gate, and who waits.
create table gate_entries (
  gate_id      uuid        not null,
  execution_id uuid        not null,
  tenant_id    uuid        not null,
  since        timestamptz not null,            -- when it asked
  most_held    integer     not null,            -- it passes when fewer than so many hold the gate
  shard        smallint    not null check (shard between 0 and 255),
  priority     smallint    not null,
  held         boolean     not null,
  run          text        not null default '', -- of a step: its key in JSON; '' for the execution itself
  primary key (gate_id, execution_id, run)
);
create index gate_entries_waiting on gate_entries (shard, gate_id) where not held;
alter table gate_entries enable row level security, force row level security;
create policy owner  on gate_entries to current_user using (true) with check (true);
create policy engine on gate_entries to cloudflow_engine using (true) with check (true);
create policy app    on gate_entries for select to cloudflow_app using (tenant_id = current_tenant());
grant select on gate_entries to cloudflow_app;
grant select, insert, update, delete on gate_entries to cloudflow_engine;
