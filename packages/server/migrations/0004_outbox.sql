-- Why: facts that services publish, written in the transaction that makes them true.
-- Runs in: < 1 s on any size (new table only). Safe while the old version runs: yes.

create table outbox (
  id             uuid        primary key, -- UUIDv7
  tx             xid8        not null default pg_current_xact_id(), -- read below pg_snapshot_xmin: nothing is overtaken
  tenant_id      uuid        not null,
  at             timestamptz not null default now(),
  type           text        not null,
  correlation_id text,
  payload        text        not null -- JSON
);
create index outbox_order on outbox (tx, id);
alter table outbox enable row level security, force row level security;
create policy owner  on outbox to current_user using (true) with check (true);
create policy engine on outbox to cloudflow_engine using (true) with check (true);
create policy app    on outbox for insert to cloudflow_app with check (tenant_id = current_tenant());
grant insert on outbox to cloudflow_app;
grant select, delete on outbox to cloudflow_engine;
