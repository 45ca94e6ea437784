-- Why: what actions and workers tell while they run, and why a try failed, beside the execution that it belongs to.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes.
--
-- Written apart from the journal, in batches, by whichever process has the lines. How much an execution has is counted in a row
-- of its own, which also orders those who write for it at the same time.
create table execution_logs (
  id           bigint      generated always as identity,
  execution_id uuid        not null,
  tenant_id    uuid        not null,
  at           timestamptz not null,
  attempt      integer     not null,
  level        smallint    not null check (level between 0 and 3), -- debug, info, warn, error
  source       text        not null check (source in ('action', 'worker', 'engine')),
  step         text        not null, -- its path
  message      text        not null,
  fields       text,                 -- JSON
  primary key (execution_id, id)
);
alter table execution_logs enable row level security, force row level security;
create policy owner  on execution_logs to current_user using (true) with check (true);
create policy engine on execution_logs to cloudflow_engine using (true) with check (true);
create policy app    on execution_logs for select to cloudflow_app using (tenant_id = current_tenant());
grant select on execution_logs to cloudflow_app;
grant select, insert, delete on execution_logs to cloudflow_engine;

create table execution_log_sizes (
  execution_id uuid    primary key,
  tenant_id    uuid    not null,
  lines        integer not null, -- also those that were not kept
  characters   bigint  not null
);
alter table execution_log_sizes enable row level security, force row level security;
create policy owner  on execution_log_sizes to current_user using (true) with check (true);
create policy engine on execution_log_sizes to cloudflow_engine using (true) with check (true);
create policy app    on execution_log_sizes for select to cloudflow_app using (tenant_id = current_tenant());
grant select on execution_log_sizes to cloudflow_app;
grant select, insert, update, delete on execution_log_sizes to cloudflow_engine;
