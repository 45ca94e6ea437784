-- Why: executions, their journal and what the engine needs beside them.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes.
--
-- Executions and journal are partitioned by month on the id, a UUIDv7 that begins with its time, so that a lookup by id
-- touches one partition. There is no default partition on purpose: with one, months could not be detached while the
-- product runs. Months are made ahead by kernel/db/partitions.ts, which also gives them their policies.
-- Codes of status, phase and wait_reason: engine/row-codes.ts. JSON is text: nobody queries inside, and text holds U+0000.

create table workflow_executions (
  id           uuid        not null primary key,
  tenant_id    uuid        not null,
  workflow_id  uuid        not null, -- no foreign keys: the row is on the hot path, and workflows are never removed
  version_id   uuid        not null,
  root_id      uuid        not null,
  parent_id    uuid,
  retry_of     uuid,
  created_at   timestamptz not null default now(),
  started_at   timestamptz,
  finished_at  timestamptz,
  seq          integer     not null default 0, -- of the last journal row
  shard        smallint    not null check (shard between 0 and 255),
  status       smallint    not null default 0,
  phase        smallint,
  wait_reason  smallint,
  priority     smallint    not null default 3 check (priority between 1 and 5),
  generation   smallint    not null default 0,
  business_key text,
  labels       text        not null default '{}',
  trigger      text        not null default 'null',
  input        text        not null default 'null',
  output       text,
  error        text
) partition by range (id);
-- Indexes are few, and none has status, seq or wait_reason in it, so that every change but the last is a HOT update.
create index workflow_executions_workflow on workflow_executions (tenant_id, workflow_id, id);
create index workflow_executions_unfinished on workflow_executions (shard, id) where finished_at is null; -- recovery
alter table workflow_executions enable row level security, force row level security;
create policy owner  on workflow_executions to current_user using (true) with check (true);
create policy engine on workflow_executions to cloudflow_engine using (true) with check (true);
create policy app    on workflow_executions to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert on workflow_executions to cloudflow_app;
grant select, insert, update on workflow_executions to cloudflow_engine;

-- Whether this transaction sees an execution, for the policies of what belongs to one. In PL/pgSQL on purpose: its plan is
-- kept by the session, while the same subquery in a policy is planned over all months each time (2026-11: reading a
-- journal took 1.66 ms so, and takes 0.20 ms). It runs with the rights of who asks.
create function sees_execution(execution uuid) returns boolean
  language plpgsql stable parallel safe
as $$
begin
  return exists (select from workflow_executions e where e.id = execution);
end
$$;

-- The journal. One row is what one flush recorded of one execution: a JSON array of events (core/run/event.ts).
create table execution_events (
  execution_id uuid        not null,
  at           timestamptz not null default now(),
  seq          integer     not null,
  data         text        not null,
  primary key (execution_id, seq)
) partition by range (execution_id);
alter table execution_events enable row level security, force row level security;
create policy owner  on execution_events to current_user using (true) with check (true);
create policy engine on execution_events to cloudflow_engine using (true) with check (true);
-- The tenant of an event is its execution's: who sees the execution sees its journal.
create policy app on execution_events for select to cloudflow_app
  using (sees_execution(execution_id));
grant select on execution_events to cloudflow_app;
grant select, insert on execution_events to cloudflow_engine;

-- Not partitioned: a unique key cannot span partitions.
create table execution_keys (
  tenant_id    uuid        not null,
  execution_id uuid        not null,
  created_at   timestamptz not null default now(),
  key          text        not null,
  hash         bytea       not null, -- SHA-256 over what the start asks for
  primary key (tenant_id, key)
);
create index execution_keys_age on execution_keys (created_at);
alter table execution_keys enable row level security, force row level security;
create policy owner  on execution_keys to current_user using (true) with check (true);
create policy engine on execution_keys to cloudflow_engine using (true) with check (true);
create policy app    on execution_keys to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert on execution_keys to cloudflow_app;
grant select, insert, delete on execution_keys to cloudflow_engine;

-- Commands to executions. The id orders them within a shard; it is no cursor (a slow transaction commits a smaller one late).
create table execution_inbox (
  id           bigint      generated always as identity primary key,
  execution_id uuid        not null,
  created_at   timestamptz not null default clock_timestamp(), -- when it was asked for, not when its transaction began
  shard        smallint    not null,
  kind         text        not null,
  payload      text        not null default 'null'
);
create index execution_inbox_shard on execution_inbox (shard, id);
alter table execution_inbox enable row level security, force row level security;
create policy owner  on execution_inbox to current_user using (true) with check (true);
create policy engine on execution_inbox to cloudflow_engine using (true) with check (true);
create policy app    on execution_inbox for insert to cloudflow_app
  with check (sees_execution(execution_id));
grant insert on execution_inbox to cloudflow_app;
grant select, insert, delete on execution_inbox to cloudflow_engine;

create table execution_timers (
  execution_id uuid        not null,
  due          timestamptz not null,
  timer        integer     not null,
  shard        smallint    not null,
  primary key (execution_id, timer)
);
create index execution_timers_due on execution_timers (shard, due);
alter table execution_timers enable row level security, force row level security;
create policy owner  on execution_timers to current_user using (true) with check (true);
create policy engine on execution_timers to cloudflow_engine using (true) with check (true);
grant select, insert, update, delete on execution_timers to cloudflow_engine;

-- Who owns which slice of all executions. Small, and updated for ever: room in each page keeps those updates HOT.
create table shards (
  shard       smallint    primary key check (shard between 0 and 255),
  owner       uuid,                          -- random per boot
  epoch       bigint      not null default 0,
  lease_until timestamptz not null default 'epoch'
) with (fillfactor = 20);
insert into shards (shard) select generate_series(0, 255);
create sequence shard_epochs as bigint;
alter table shards enable row level security, force row level security;
create policy owner  on shards to current_user using (true) with check (true);
create policy engine on shards to cloudflow_engine using (true) with check (true);
grant select, update on shards to cloudflow_engine;
grant usage on sequence shard_epochs to cloudflow_engine;

create table engine_members (
  id         uuid        primary key,
  started_at timestamptz not null default now(),
  seen_at    timestamptz not null default now(),
  address    text
);
alter table engine_members enable row level security, force row level security;
create policy owner  on engine_members to current_user using (true) with check (true);
create policy engine on engine_members to cloudflow_engine using (true) with check (true);
grant select, insert, update, delete on engine_members to cloudflow_engine;

-- The engine's outbox: a row per flush with the executions it touched. By day on the flush id, a UUIDv7; kept 7 days.
create table engine_commits (
  flush_id uuid        not null primary key,
  lane     uuid        not null,
  n        bigint      not null, -- without gaps in a lane; unique (lane, n) is on each day: see partitions.ts
  at       timestamptz not null default now(),
  refs     uuid[]      not null
) partition by range (flush_id);
alter table engine_commits enable row level security, force row level security;
create policy owner  on engine_commits to current_user using (true) with check (true);
create policy engine on engine_commits to cloudflow_engine using (true) with check (true);
grant select, insert on engine_commits to cloudflow_engine;
