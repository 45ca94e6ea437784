-- Why: steps whose type is the tenant's own run in processes of the tenant, which ask for them.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes (it refuses definitions with such types, and
-- leaves rows of the inbox that tell of tasks to a newer one).
--
-- A task is one try of a step that a worker runs. It is written by the flush that holds the event which offers it, behind the
-- fence of the execution's shard. Who claims, extends, answers and loses it writes this row and the row of the inbox that tells
-- the execution in one transaction. `lease_token` is new with each claim: what an earlier holder says matches no row.
create table tasks (
  id              uuid        primary key default gen_random_uuid(),
  execution_id    uuid        not null,
  tenant_id       uuid        not null,
  lease_token     uuid,
  offered_at      timestamptz not null,
  claimed_at      timestamptz,
  lease_until     timestamptz,          -- never beyond the deadline
  deadline        timestamptz,          -- from the claim on
  ended_at        timestamptz,
  timeout_ms      bigint      not null,
  attempt         integer     not null,
  shard           smallint    not null check (shard between 0 and 255),
  priority        smallint    not null,
  state           smallint    not null default 0 check (state between 0 and 3), -- queued, claimed, answered, dropped
  at_most_once    smallint    not null,
  stop            boolean     not null default false, -- it is not wanted any more
  type            text        not null,
  try             text        not null, -- which try of which run of a step: engine/runner/try.ts
  path            text        not null,
  workflow        text        not null, -- its name
  idempotency_key text        not null,
  correlation_id  text        not null,
  input           text        not null, -- the resolved config, JSON; encrypted where the step is sensitive
  worker          text,                 -- the name that it gives itself
  ended_as        text                  -- completed, failed, timeout; lost, returned, withdrawn
);
-- A try that waits, is with a worker, or was answered is never offered a second time.
create unique index tasks_open on tasks (execution_id, try) where state < 3;
create index tasks_queue on tasks (tenant_id, type, priority, offered_at, id) where state = 0;
create index tasks_waiting on tasks (offered_at) where state = 0;
create index tasks_leases on tasks (lease_until) where state = 1;
create index tasks_over on tasks (ended_at) where state >= 2;
alter table tasks enable row level security, force row level security;
create policy owner  on tasks to current_user using (true) with check (true);
create policy engine on tasks to cloudflow_engine using (true) with check (true);
create policy app    on tasks to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, update on tasks to cloudflow_app;
grant select, insert, update, delete on tasks to cloudflow_engine;

-- The types of a tenant's own, as workers declare them: the highest version is what a definition is checked against.
create table worker_actions (
  tenant_id   uuid        not null references tenants (id),
  declared_at timestamptz not null default now(),
  asked_at    timestamptz,              -- when a worker last asked for its tasks, to some seconds
  version     integer     not null check (version > 0),
  type        text        not null check (type <> ''),
  digest      bytea       not null,     -- of what may not change within a version
  declaration text        not null,     -- JSON
  primary key (tenant_id, type, version)
);
alter table worker_actions enable row level security, force row level security;
create policy owner  on worker_actions to current_user using (true) with check (true);
create policy engine on worker_actions for select to cloudflow_engine using (true);
create policy app    on worker_actions to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update, delete on worker_actions to cloudflow_app;
grant select on worker_actions to cloudflow_engine;
