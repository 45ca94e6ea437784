-- Why: one request cancels, pauses, resumes or retries many executions, and goes on after a crash where it was.
-- Runs in: < 1 s on any size (new table only). Safe while the old version runs: yes.
create table operations (
  id             uuid        not null primary key, -- UUIDv7
  tenant_id      uuid        not null references tenants (id),
  until_id       uuid        not null, -- executions from this id on came after it, and are not touched
  position       uuid,                 -- the last execution that it has dealt with; the next page begins after it
  worker         uuid,                 -- which process is at it; what another one writes then is refused
  created_at     timestamptz not null default clock_timestamp(),
  finished_at    timestamptz,
  worker_until   timestamptz not null default 'epoch',
  matched        integer     not null,
  done           integer     not null default 0,
  failed         integer     not null default 0,
  status         text        not null default 'RUNNING' check (status in ('RUNNING', 'COMPLETED', 'CANCELLED')),
  action         text        not null check (action in ('cancel', 'pause', 'resume', 'retry')),
  request        text        not null, -- JSON: what was asked for
  workflow_ids   uuid[],               -- what `workflow_id` of the filter stood for; null: all
  errors         text        not null default '[]', -- JSON: the first of those that failed
  created_by     text        not null,
  correlation_id text        not null,
  key            text,                 -- the idempotency key, until it is forgotten
  hash           bytea
);
create unique index operations_key on operations (tenant_id, key) where key is not null;
create index operations_open on operations (worker_until) where finished_at is null;
create index operations_finished on operations (finished_at) where finished_at is not null;
alter table operations enable row level security, force row level security;
create policy owner  on operations to current_user using (true) with check (true);
create policy engine on operations to cloudflow_engine using (true) with check (true);
create policy app    on operations to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update on operations to cloudflow_app;
grant select, update, delete on operations to cloudflow_engine;
