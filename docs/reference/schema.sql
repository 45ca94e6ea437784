-- Printed by `npm run generate` from packages/server/migrations: what they add up to. Not run by anything.

CREATE OR REPLACE FUNCTION public.current_tenant()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid
;

CREATE OR REPLACE FUNCTION public.keep_execution_labels()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' then
    delete from execution_labels
     where tenant_id = old.tenant_id and execution_id = old.id and label in (select searchable_labels(old.labels));
  end if;
  insert into execution_labels (tenant_id, execution_id, label)
  select new.tenant_id, new.id, searchable_labels(new.labels) on conflict do nothing;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.note_changed_execution()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into retention_changes (execution_id) values (new.id);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.note_changed_journal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into retention_changes (execution_id) values (new.execution_id);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.readable_json(data text)
 RETURNS json
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (POSITION(('\u'::text) IN (data)) = 0) THEN (data)::json ELSE (regexp_replace(data, '(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})'::text, '\1\\ufffd'::text, 'g'::text))::json END
;

CREATE OR REPLACE FUNCTION public.searchable_labels(labels text)
 RETURNS SETOF text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select key || ':' || value from json_each_text(labels::json) where octet_length(key) + octet_length(value) < 2000
$function$
;

CREATE OR REPLACE FUNCTION public.sees_execution(execution uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
begin
  return exists (select from workflow_executions e where e.id = execution);
end
$function$
;

create table api_keys (
  id                   uuid not null,
  tenant_id            uuid not null,
  name                 text not null,
  prefix               text not null,
  key_hash             bytea not null,
  permissions          text[] not null,
  created_at           timestamp with time zone not null default now(),
  expires_at           timestamp with time zone,
  revoked_at           timestamp with time zone,
  constraint api_keys_key_hash_key UNIQUE (key_hash),
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
CREATE INDEX api_keys_tenant ON api_keys USING btree (tenant_id, id);
alter table api_keys enable row level security, force row level security;
create policy app on api_keys for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy authenticate on api_keys for select to cloudflow_app using ((key_hash = decode(NULLIF(current_setting('app.api_key_hash'::text, true), ''::text), 'hex'::text)));
create policy owner on api_keys for all to <owner> using (true) with check (true);
grant insert, select, update on api_keys to cloudflow_app;

create table archive_files (
  archive_id           uuid not null,
  tenant_id            uuid not null,
  written_at           timestamp with time zone not null default now(),
  number               integer not null,
  executions           integer not null,
  journal_rows         integer not null,
  large_values         integer not null,
  bytes                integer not null,
  month                text not null,
  home                 text not null,
  digest               bytea not null,
  constraint archive_files_pkey PRIMARY KEY (archive_id, tenant_id, number),
  constraint archive_files_digest_check CHECK ((octet_length(digest) = 32))
);
alter table archive_files enable row level security, force row level security;
create policy owner on archive_files for all to <owner> using (true) with check (true);

create table attempt_owners (
  execution_id         uuid not null,
  process              uuid not null,
  since                timestamp with time zone not null default now(),
  shard                smallint not null,
  ended                boolean not null default false,
  stop                 boolean not null default false,
  try                  text not null,
  constraint attempt_owners_pkey PRIMARY KEY (execution_id, try)
);
CREATE INDEX attempt_owners_process ON attempt_owners USING btree (process);
alter table attempt_owners enable row level security, force row level security;
create policy engine on attempt_owners for all to cloudflow_engine using (true) with check (true);
create policy owner on attempt_owners for all to <owner> using (true) with check (true);
grant delete, insert, select, update on attempt_owners to cloudflow_engine;

create table blob_home (
  single               boolean not null default true,
  home                 text not null,
  constraint blob_home_pkey PRIMARY KEY (single),
  constraint blob_home_single_check CHECK (single)
);
alter table blob_home enable row level security, force row level security;
create policy owner on blob_home for all to <owner> using (true) with check (true);

create table blobs (
  owner                uuid not null,
  tenant_id            uuid not null,
  created_at           timestamp with time zone not null default now(),
  area                 text not null,
  digest               bytea not null,
  content              bytea not null,
  constraint blobs_pkey PRIMARY KEY (area, owner, digest),
  constraint blobs_area_check CHECK ((area = ANY (ARRAY['executions'::text, 'archives'::text]))),
  constraint blobs_digest_check CHECK ((octet_length(digest) = 32))
);
alter table blobs enable row level security, force row level security;
create policy app on blobs for select to cloudflow_app using ((tenant_id = current_tenant()));
create policy engine on blobs for all to cloudflow_engine using (true) with check (true);
create policy owner on blobs for all to <owner> using (true) with check (true);
grant select on blobs to cloudflow_app;
grant delete, insert, select on blobs to cloudflow_engine;

create table crash_suspects (
  execution_id         uuid not null,
  process              uuid not null,
  at                   timestamp with time zone not null default now(),
  shard                smallint not null,
  loads                smallint not null default 1,
  constraint crash_suspects_pkey PRIMARY KEY (execution_id)
);
alter table crash_suspects enable row level security, force row level security;
create policy engine on crash_suspects for all to cloudflow_engine using (true) with check (true);
create policy owner on crash_suspects for all to <owner> using (true) with check (true);
grant delete, insert, select, update on crash_suspects to cloudflow_engine;

create table credential_keys (
  tenant_id            uuid not null,
  credential_id        uuid not null,
  created_at           timestamp with time zone not null default now(),
  key                  text not null,
  request              bytea not null,
  constraint credential_keys_pkey PRIMARY KEY (tenant_id, key)
);
CREATE INDEX credential_keys_age ON credential_keys USING btree (created_at);
alter table credential_keys enable row level security, force row level security;
create policy app on credential_keys for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on credential_keys for all to cloudflow_engine using (true) with check (true);
create policy owner on credential_keys for all to <owner> using (true) with check (true);
grant insert, select on credential_keys to cloudflow_app;
grant delete, select on credential_keys to cloudflow_engine;

create table credentials (
  id                   uuid not null,
  tenant_id            uuid not null,
  created_at           timestamp with time zone not null default now(),
  updated_at           timestamp with time zone not null default now(),
  created_by           uuid not null,
  updated_by           uuid not null,
  name                 text not null,
  type                 text not null,
  description          text not null,
  fields               text[] not null,
  allowed_hosts        text[],
  values               bytea not null,
  constraint credentials_name UNIQUE (tenant_id, name),
  constraint credentials_pkey PRIMARY KEY (id),
  constraint credentials_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint credentials_name_check CHECK ((name <> ''::text))
);
alter table credentials enable row level security, force row level security;
create policy app on credentials for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy owner on credentials for all to <owner> using (true) with check (true);
grant delete, insert, select, update on credentials to cloudflow_app;

create table data_keys (
  tenant_id            uuid not null,
  created_at           timestamp with time zone not null default now(),
  id                   integer not null,
  wrapped              bytea not null,
  constraint data_keys_pkey PRIMARY KEY (tenant_id, id),
  constraint data_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint data_keys_id_check CHECK ((id > 0))
);
alter table data_keys enable row level security, force row level security;
create policy app on data_keys for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on data_keys for all to cloudflow_engine using (true) with check (true);
create policy owner on data_keys for all to <owner> using (true) with check (true);
grant insert, select on data_keys to cloudflow_app;
grant insert, select on data_keys to cloudflow_engine;

create table engine_commits (
  flush_id             uuid not null,
  lane                 uuid not null,
  n                    bigint not null,
  at                   timestamp with time zone not null default now(),
  refs                 uuid[] not null,
  constraint engine_commits_pkey PRIMARY KEY (flush_id)
) partition by RANGE (flush_id);
alter table engine_commits enable row level security, force row level security;
create policy engine on engine_commits for all to cloudflow_engine using (true) with check (true);
create policy owner on engine_commits for all to <owner> using (true) with check (true);
grant insert, select on engine_commits to cloudflow_engine;

create table engine_members (
  id                   uuid not null,
  started_at           timestamp with time zone not null default now(),
  seen_at              timestamp with time zone not null default now(),
  address              text,
  leaving              boolean not null default false,
  constraint engine_members_pkey PRIMARY KEY (id)
);
alter table engine_members enable row level security, force row level security;
create policy engine on engine_members for all to cloudflow_engine using (true) with check (true);
create policy owner on engine_members for all to <owner> using (true) with check (true);
grant delete, insert, select, update on engine_members to cloudflow_engine;

create table execution_events (
  execution_id         uuid not null,
  at                   timestamp with time zone not null default now(),
  seq                  integer not null,
  data                 text not null,
  constraint execution_events_pkey PRIMARY KEY (execution_id, seq)
) partition by RANGE (execution_id);
alter table execution_events enable row level security, force row level security;
create policy app on execution_events for select to cloudflow_app using (sees_execution(execution_id));
create policy engine on execution_events for all to cloudflow_engine using (true) with check (true);
create policy owner on execution_events for all to <owner> using (true) with check (true);
grant select on execution_events to cloudflow_app;
grant delete, insert, select on execution_events to cloudflow_engine;

create table execution_generations (
  root_id              uuid not null,
  tenant_id            uuid not null,
  generation           smallint not null,
  constraint execution_generations_pkey PRIMARY KEY (root_id),
  constraint execution_generations_generation_check CHECK ((generation > 0))
);
alter table execution_generations enable row level security, force row level security;
create policy app on execution_generations for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy owner on execution_generations for all to <owner> using (true) with check (true);
grant insert, select, update on execution_generations to cloudflow_app;

create table execution_inbox (
  id                   bigint not null generated always as identity,
  execution_id         uuid not null,
  created_at           timestamp with time zone not null default clock_timestamp(),
  shard                smallint not null,
  kind                 text not null,
  payload              text not null default 'null'::text,
  constraint execution_inbox_pkey PRIMARY KEY (id)
);
CREATE INDEX execution_inbox_shard ON execution_inbox USING btree (shard, id);
CREATE INDEX execution_inbox_signals ON execution_inbox USING btree (execution_id) WHERE (kind = 'signal'::text);
alter table execution_inbox enable row level security, force row level security;
create policy app on execution_inbox for insert to cloudflow_app with check (sees_execution(execution_id));
create policy engine on execution_inbox for all to cloudflow_engine using (true) with check (true);
create policy owner on execution_inbox for all to <owner> using (true) with check (true);
grant insert on execution_inbox to cloudflow_app;
grant delete, insert, select on execution_inbox to cloudflow_engine;

create table execution_keys (
  tenant_id            uuid not null,
  execution_id         uuid not null,
  created_at           timestamp with time zone not null default now(),
  key                  text not null,
  hash                 bytea not null,
  constraint execution_keys_pkey PRIMARY KEY (tenant_id, key)
);
CREATE INDEX execution_keys_age ON execution_keys USING btree (created_at);
alter table execution_keys enable row level security, force row level security;
create policy app on execution_keys for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on execution_keys for all to cloudflow_engine using (true) with check (true);
create policy owner on execution_keys for all to <owner> using (true) with check (true);
grant insert, select on execution_keys to cloudflow_app;
grant delete, insert, select on execution_keys to cloudflow_engine;

create table execution_labels (
  tenant_id            uuid not null,
  execution_id         uuid not null,
  label                text not null,
  constraint execution_labels_pkey PRIMARY KEY (tenant_id, label, execution_id)
);
alter table execution_labels enable row level security, force row level security;
create policy app on execution_labels for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on execution_labels for all to cloudflow_engine using (true) with check (true);
create policy owner on execution_labels for all to <owner> using (true) with check (true);
grant insert, select on execution_labels to cloudflow_app;
grant delete, insert, select on execution_labels to cloudflow_engine;

create table execution_log_sizes (
  execution_id         uuid not null,
  tenant_id            uuid not null,
  lines                integer not null,
  characters           bigint not null,
  constraint execution_log_sizes_pkey PRIMARY KEY (execution_id)
);
alter table execution_log_sizes enable row level security, force row level security;
create policy app on execution_log_sizes for select to cloudflow_app using ((tenant_id = current_tenant()));
create policy engine on execution_log_sizes for all to cloudflow_engine using (true) with check (true);
create policy owner on execution_log_sizes for all to <owner> using (true) with check (true);
grant select on execution_log_sizes to cloudflow_app;
grant delete, insert, select, update on execution_log_sizes to cloudflow_engine;

create table execution_logs (
  id                   bigint not null generated always as identity,
  execution_id         uuid not null,
  tenant_id            uuid not null,
  at                   timestamp with time zone not null,
  attempt              integer not null,
  level                smallint not null,
  source               text not null,
  step                 text not null,
  message              text not null,
  fields               text,
  constraint execution_logs_pkey PRIMARY KEY (execution_id, id),
  constraint execution_logs_level_check CHECK (((level >= 0) AND (level <= 3))),
  constraint execution_logs_source_check CHECK ((source = ANY (ARRAY['action'::text, 'worker'::text, 'engine'::text])))
);
alter table execution_logs enable row level security, force row level security;
create policy app on execution_logs for select to cloudflow_app using ((tenant_id = current_tenant()));
create policy engine on execution_logs for all to cloudflow_engine using (true) with check (true);
create policy owner on execution_logs for all to <owner> using (true) with check (true);
grant select on execution_logs to cloudflow_app;
grant delete, insert, select on execution_logs to cloudflow_engine;

create table execution_snapshots (
  execution_id         uuid not null,
  at                   timestamp with time zone not null default now(),
  seq                  integer not null,
  events               integer not null,
  format               text not null,
  checksum             bytea not null,
  data                 text not null,
  constraint execution_snapshots_pkey PRIMARY KEY (execution_id),
  constraint execution_snapshots_checksum_check CHECK ((octet_length(checksum) = 32))
) with (fillfactor=80);
alter table execution_snapshots enable row level security, force row level security;
create policy engine on execution_snapshots for all to cloudflow_engine using (true) with check (true);
create policy owner on execution_snapshots for all to <owner> using (true) with check (true);
grant delete, insert, select, update on execution_snapshots to cloudflow_engine;

create table execution_timers (
  execution_id         uuid not null,
  due                  timestamp with time zone not null,
  timer                integer not null,
  shard                smallint not null,
  constraint execution_timers_pkey PRIMARY KEY (execution_id, timer)
);
CREATE INDEX execution_timers_due ON execution_timers USING btree (shard, due);
alter table execution_timers enable row level security, force row level security;
create policy engine on execution_timers for all to cloudflow_engine using (true) with check (true);
create policy owner on execution_timers for all to <owner> using (true) with check (true);
grant delete, insert, select, update on execution_timers to cloudflow_engine;

create table gate_entries (
  gate_id              uuid not null,
  execution_id         uuid not null,
  tenant_id            uuid not null,
  since                timestamp with time zone not null,
  most_held            integer not null,
  shard                smallint not null,
  priority             smallint not null,
  held                 boolean not null,
  run                  text not null default ''::text,
  constraint gate_entries_pkey PRIMARY KEY (gate_id, execution_id, run),
  constraint gate_entries_shard_check CHECK (((shard >= 0) AND (shard <= 255)))
);
CREATE INDEX gate_entries_waiting ON gate_entries USING btree (shard, gate_id) WHERE (NOT held);
alter table gate_entries enable row level security, force row level security;
create policy app on gate_entries for select to cloudflow_app using ((tenant_id = current_tenant()));
create policy engine on gate_entries for all to cloudflow_engine using (true) with check (true);
create policy owner on gate_entries for all to <owner> using (true) with check (true);
grant select on gate_entries to cloudflow_app;
grant delete, insert, select, update on gate_entries to cloudflow_engine;

create table master_key (
  single               boolean not null default true,
  since                timestamp with time zone not null default now(),
  fingerprint          text not null,
  constraint master_key_pkey PRIMARY KEY (single),
  constraint master_key_single_check CHECK (single)
);
alter table master_key enable row level security, force row level security;
create policy owner on master_key for all to <owner> using (true) with check (true);

create table operations (
  id                   uuid not null,
  tenant_id            uuid not null,
  until_id             uuid not null,
  position             uuid,
  worker               uuid,
  created_at           timestamp with time zone not null default clock_timestamp(),
  finished_at          timestamp with time zone,
  worker_until         timestamp with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone,
  matched              integer not null,
  done                 integer not null default 0,
  failed               integer not null default 0,
  status               text not null default 'RUNNING'::text,
  action               text not null,
  request              text not null,
  workflow_ids         uuid[],
  errors               text not null default '[]'::text,
  created_by           text not null,
  correlation_id       text not null,
  key                  text,
  hash                 bytea,
  constraint operations_pkey PRIMARY KEY (id),
  constraint operations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint operations_action_check CHECK ((action = ANY (ARRAY['cancel'::text, 'pause'::text, 'resume'::text, 'retry'::text]))),
  constraint operations_status_check CHECK ((status = ANY (ARRAY['RUNNING'::text, 'COMPLETED'::text, 'CANCELLED'::text])))
);
CREATE INDEX operations_finished ON operations USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE UNIQUE INDEX operations_key ON operations USING btree (tenant_id, key) WHERE (key IS NOT NULL);
CREATE INDEX operations_open ON operations USING btree (worker_until) WHERE (finished_at IS NULL);
alter table operations enable row level security, force row level security;
create policy app on operations for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on operations for all to cloudflow_engine using (true) with check (true);
create policy owner on operations for all to <owner> using (true) with check (true);
grant insert, select, update on operations to cloudflow_app;
grant delete, select, update on operations to cloudflow_engine;

create table outbox (
  id                   uuid not null,
  tx                   xid8 not null default pg_current_xact_id(),
  tenant_id            uuid not null,
  at                   timestamp with time zone not null default now(),
  type                 text not null,
  correlation_id       text,
  payload              text not null,
  constraint outbox_pkey PRIMARY KEY (id)
);
CREATE INDEX outbox_order ON outbox USING btree (tx, id);
alter table outbox enable row level security, force row level security;
create policy app on outbox for insert to cloudflow_app with check ((tenant_id = current_tenant()));
create policy engine on outbox for all to cloudflow_engine using (true) with check (true);
create policy owner on outbox for all to <owner> using (true) with check (true);
grant insert on outbox to cloudflow_app;
grant delete, select on outbox to cloudflow_engine;

create table pause_changes (
  is_one               boolean not null default true,
  version              bigint not null,
  constraint pause_changes_pkey PRIMARY KEY (is_one),
  constraint pause_changes_is_one_check CHECK (is_one)
);
alter table pause_changes enable row level security, force row level security;
create policy engine on pause_changes for all to cloudflow_engine using (true) with check (true);
create policy owner on pause_changes for all to <owner> using (true) with check (true);
grant select, update on pause_changes to cloudflow_engine;

create table pauses (
  tenant_id            uuid not null,
  workflow_id          uuid,
  created_at           timestamp with time zone not null default clock_timestamp(),
  created_by           text not null,
  reason               text,
  constraint pauses_tenant_id_workflow_id_key UNIQUE NULLS NOT DISTINCT (tenant_id, workflow_id),
  constraint pauses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table pauses enable row level security, force row level security;
create policy app on pauses for select to cloudflow_app using ((tenant_id = current_tenant()));
create policy engine on pauses for all to cloudflow_engine using (true) with check (true);
create policy owner on pauses for all to <owner> using (true) with check (true);
grant select on pauses to cloudflow_app;
grant delete, insert, select on pauses to cloudflow_engine;

create table registered_operations (
  tenant_id            uuid not null,
  created_at           timestamp with time zone not null default now(),
  updated_at           timestamp with time zone not null default now(),
  updated_by           uuid not null,
  name                 text not null,
  definition           text not null,
  constraint registered_operations_pkey PRIMARY KEY (tenant_id, name),
  constraint registered_operations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint registered_operations_name_check CHECK ((name <> ''::text))
);
alter table registered_operations enable row level security, force row level security;
create policy app on registered_operations for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy owner on registered_operations for all to <owner> using (true) with check (true);
grant delete, insert, select, update on registered_operations to cloudflow_app;

create table retention_changes (
  id                   bigint not null generated always as identity,
  execution_id         uuid not null,
  constraint retention_changes_pkey PRIMARY KEY (id)
);
alter table retention_changes enable row level security, force row level security;
create policy app on retention_changes for insert to cloudflow_app with check (sees_execution(execution_id));
create policy engine on retention_changes for insert to cloudflow_engine with check (true);
create policy owner on retention_changes for all to <owner> using (true) with check (true);
grant insert on retention_changes to cloudflow_app;
grant insert on retention_changes to cloudflow_engine;

create table retention_kept (
  execution_id         uuid not null,
  constraint retention_kept_pkey PRIMARY KEY (execution_id)
);
alter table retention_kept enable row level security, force row level security;
create policy owner on retention_kept for all to <owner> using (true) with check (true);

create table retention_months (
  month                text not null,
  before               uuid not null,
  begun_at             timestamp with time zone not null default now(),
  finished_before      timestamp with time zone not null,
  done_at              timestamp with time zone,
  after_tenant         uuid,
  after_workflow       uuid,
  after_execution      uuid,
  after_seq            integer,
  phase                text not null default 'archiving'::text,
  constraint retention_months_pkey PRIMARY KEY (month),
  constraint retention_months_phase_check CHECK ((phase = ANY (ARRAY['archiving'::text, 'moving'::text, 'dropping'::text, 'done'::text])))
);
alter table retention_months enable row level security, force row level security;
create policy owner on retention_months for all to <owner> using (true) with check (true);

create table schema_migrations (
  number               integer not null,
  name                 text not null,
  checksum             text not null,
  started_at           timestamp with time zone not null default now(),
  finished_at          timestamp with time zone,
  constraint schema_migrations_pkey PRIMARY KEY (number)
);

create sequence shard_epochs;
grant usage on shard_epochs to cloudflow_engine;

create table shards (
  shard                smallint not null,
  owner                uuid,
  epoch                bigint not null default 0,
  lease_until          timestamp with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone,
  constraint shards_pkey PRIMARY KEY (shard),
  constraint shards_shard_check CHECK (((shard >= 0) AND (shard <= 255)))
) with (fillfactor=20);
alter table shards enable row level security, force row level security;
create policy engine on shards for all to cloudflow_engine using (true) with check (true);
create policy owner on shards for all to <owner> using (true) with check (true);
grant select, update on shards to cloudflow_engine;

create table tasks (
  id                   uuid not null default gen_random_uuid(),
  execution_id         uuid not null,
  tenant_id            uuid not null,
  lease_token          uuid,
  offered_at           timestamp with time zone not null,
  claimed_at           timestamp with time zone,
  lease_until          timestamp with time zone,
  deadline             timestamp with time zone,
  ended_at             timestamp with time zone,
  timeout_ms           bigint not null,
  attempt              integer not null,
  shard                smallint not null,
  priority             smallint not null,
  state                smallint not null default 0,
  at_most_once         smallint not null,
  stop                 boolean not null default false,
  type                 text not null,
  try                  text not null,
  path                 text not null,
  workflow             text not null,
  idempotency_key      text not null,
  correlation_id       text not null,
  input                text not null,
  worker               text,
  ended_as             text,
  constraint tasks_pkey PRIMARY KEY (id),
  constraint tasks_shard_check CHECK (((shard >= 0) AND (shard <= 255))),
  constraint tasks_state_check CHECK (((state >= 0) AND (state <= 3)))
);
CREATE INDEX tasks_leases ON tasks USING btree (lease_until) WHERE (state = 1);
CREATE UNIQUE INDEX tasks_open ON tasks USING btree (execution_id, try) WHERE (state < 3);
CREATE INDEX tasks_over ON tasks USING btree (ended_at) WHERE (state >= 2);
CREATE INDEX tasks_queue ON tasks USING btree (tenant_id, type, priority, offered_at, id) WHERE (state = 0);
CREATE INDEX tasks_waiting ON tasks USING btree (offered_at) WHERE (state = 0);
alter table tasks enable row level security, force row level security;
create policy app on tasks for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on tasks for all to cloudflow_engine using (true) with check (true);
create policy owner on tasks for all to <owner> using (true) with check (true);
grant select, update on tasks to cloudflow_app;
grant delete, insert, select, update on tasks to cloudflow_engine;

create table tenants (
  id                   uuid not null,
  slug                 text not null,
  name                 text not null,
  created_at           timestamp with time zone not null default now(),
  constraint tenants_slug_key UNIQUE (slug),
  constraint tenants_pkey PRIMARY KEY (id),
  constraint tenants_slug_check CHECK ((slug <> ''::text))
);
alter table tenants enable row level security, force row level security;
create policy app on tenants for all to cloudflow_app using ((id = current_tenant()));
create policy owner on tenants for all to <owner> using (true) with check (true);
grant select on tenants to cloudflow_app;

create table worker_actions (
  tenant_id            uuid not null,
  declared_at          timestamp with time zone not null default now(),
  asked_at             timestamp with time zone,
  version              integer not null,
  type                 text not null,
  digest               bytea not null,
  declaration          text not null,
  constraint worker_actions_pkey PRIMARY KEY (tenant_id, type, version),
  constraint worker_actions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint worker_actions_type_check CHECK ((type <> ''::text)),
  constraint worker_actions_version_check CHECK ((version > 0))
);
alter table worker_actions enable row level security, force row level security;
create policy app on worker_actions for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on worker_actions for select to cloudflow_engine using (true);
create policy owner on worker_actions for all to <owner> using (true) with check (true);
grant delete, insert, select, update on worker_actions to cloudflow_app;
grant select on worker_actions to cloudflow_engine;

create table workflow_drafts (
  tenant_id            uuid not null,
  workflow_id          uuid not null,
  saved_at             timestamp with time zone not null default now(),
  saved_by             uuid not null,
  revision             integer not null,
  digest               bytea not null,
  based_on             text,
  published_as         text,
  definition           text not null,
  constraint workflow_drafts_pkey PRIMARY KEY (tenant_id, workflow_id, revision),
  constraint workflow_drafts_tenant_id_workflow_id_fkey FOREIGN KEY (tenant_id, workflow_id) REFERENCES workflows(tenant_id, id),
  constraint workflow_drafts_digest_check CHECK ((octet_length(digest) = 32)),
  constraint workflow_drafts_revision_check CHECK ((revision > 0))
);
alter table workflow_drafts enable row level security, force row level security;
create policy app on workflow_drafts for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy owner on workflow_drafts for all to <owner> using (true) with check (true);
grant delete, insert, select on workflow_drafts to cloudflow_app;

create table workflow_executions (
  id                   uuid not null,
  tenant_id            uuid not null,
  workflow_id          uuid not null,
  version_id           uuid not null,
  root_id              uuid not null,
  parent_id            uuid,
  retry_of             uuid,
  created_at           timestamp with time zone not null default now(),
  started_at           timestamp with time zone,
  finished_at          timestamp with time zone,
  seq                  integer not null default 0,
  shard                smallint not null,
  status               smallint not null default 0,
  phase                smallint,
  wait_reason          smallint,
  priority             smallint not null default 3,
  generation           smallint not null default 0,
  business_key         text,
  labels               text not null default '{}'::text,
  trigger              text not null default 'null'::text,
  input                text not null default 'null'::text,
  output               text,
  error                text,
  kept_signals         smallint,
  constraint workflow_executions_pkey PRIMARY KEY (id),
  constraint workflow_executions_priority_check CHECK (((priority >= 1) AND (priority <= 5))),
  constraint workflow_executions_shard_check CHECK (((shard >= 0) AND (shard <= 255)))
) partition by RANGE (id);
CREATE INDEX workflow_executions_business_key ON workflow_executions USING btree (tenant_id, business_key text_pattern_ops, id) WHERE (business_key IS NOT NULL);
CREATE INDEX workflow_executions_cancelled ON workflow_executions USING btree (tenant_id, id) WHERE (status = 4);
CREATE INDEX workflow_executions_children ON workflow_executions USING btree (parent_id, id) WHERE (parent_id IS NOT NULL);
CREATE INDEX workflow_executions_failed ON workflow_executions USING btree (tenant_id, id) WHERE (status = 3);
CREATE INDEX workflow_executions_failed_of_workflow ON workflow_executions USING btree (tenant_id, workflow_id, id) WHERE (status = 3);
CREATE INDEX workflow_executions_retries ON workflow_executions USING btree (retry_of, id) WHERE (retry_of IS NOT NULL);
CREATE INDEX workflow_executions_tenant ON workflow_executions USING btree (tenant_id, id);
CREATE INDEX workflow_executions_unfinished ON workflow_executions USING btree (shard, id) WHERE (finished_at IS NULL);
CREATE INDEX workflow_executions_waiting ON workflow_executions USING btree (tenant_id, priority, id) INCLUDE (shard) WHERE (status = 0);
CREATE INDEX workflow_executions_workflow ON workflow_executions USING btree (tenant_id, workflow_id, id);
alter table workflow_executions enable row level security, force row level security;
create policy app on workflow_executions for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on workflow_executions for all to cloudflow_engine using (true) with check (true);
create policy owner on workflow_executions for all to <owner> using (true) with check (true);
grant insert, select on workflow_executions to cloudflow_app;
grant insert, select, update on workflow_executions to cloudflow_engine;

create table workflow_keys (
  tenant_id            uuid not null,
  workflow_id          uuid not null,
  created_at           timestamp with time zone not null default now(),
  created              boolean not null,
  key                  text not null,
  digest               bytea not null,
  version_id           uuid,
  draft_revision       integer,
  constraint workflow_keys_pkey PRIMARY KEY (tenant_id, key),
  constraint workflow_keys_digest_check CHECK ((octet_length(digest) = 32))
);
CREATE INDEX workflow_keys_age ON workflow_keys USING btree (created_at);
alter table workflow_keys enable row level security, force row level security;
create policy app on workflow_keys for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on workflow_keys for all to cloudflow_engine using (true) with check (true);
create policy owner on workflow_keys for all to <owner> using (true) with check (true);
grant insert, select on workflow_keys to cloudflow_app;
grant delete, select on workflow_keys to cloudflow_engine;

create table workflow_publications (
  id                   uuid not null,
  tenant_id            uuid not null,
  workflow_id          uuid not null,
  version_id           uuid not null,
  from_version_id      uuid,
  made_at              timestamp with time zone not null default now(),
  made_by              uuid,
  kind                 text not null,
  reason               text not null default ''::text,
  constraint workflow_publications_pkey PRIMARY KEY (id),
  constraint workflow_publications_tenant_id_from_version_id_fkey FOREIGN KEY (tenant_id, from_version_id) REFERENCES workflow_versions(tenant_id, id),
  constraint workflow_publications_tenant_id_version_id_fkey FOREIGN KEY (tenant_id, version_id) REFERENCES workflow_versions(tenant_id, id),
  constraint workflow_publications_tenant_id_workflow_id_fkey FOREIGN KEY (tenant_id, workflow_id) REFERENCES workflows(tenant_id, id),
  constraint workflow_publications_kind_check CHECK ((kind = ANY (ARRAY['publish'::text, 'rollback'::text])))
);
CREATE INDEX workflow_publications_of ON workflow_publications USING btree (tenant_id, workflow_id, id);
alter table workflow_publications enable row level security, force row level security;
create policy app on workflow_publications for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy owner on workflow_publications for all to <owner> using (true) with check (true);
grant insert, select on workflow_publications to cloudflow_app;

create table workflow_versions (
  id                   uuid not null,
  tenant_id            uuid not null,
  workflow_id          uuid not null,
  version              text not null,
  definition           text not null,
  digest               bytea not null,
  created_at           timestamp with time zone not null default now(),
  constraint workflow_versions_tenant_id_id_key UNIQUE (tenant_id, id),
  constraint workflow_versions_tenant_id_workflow_id_version_key UNIQUE (tenant_id, workflow_id, version),
  constraint workflow_versions_pkey PRIMARY KEY (id),
  constraint workflow_versions_tenant_id_workflow_id_fkey FOREIGN KEY (tenant_id, workflow_id) REFERENCES workflows(tenant_id, id),
  constraint workflow_versions_digest_check CHECK ((octet_length(digest) = 32)),
  constraint workflow_versions_version_check CHECK ((version <> ''::text))
);
alter table workflow_versions enable row level security, force row level security;
create policy app on workflow_versions for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on workflow_versions for select to cloudflow_engine using (true);
create policy owner on workflow_versions for all to <owner> using (true) with check (true);
grant insert, select on workflow_versions to cloudflow_app;
grant select on workflow_versions to cloudflow_engine;

create table workflows (
  id                   uuid not null,
  tenant_id            uuid not null,
  slug                 text not null,
  enabled              boolean not null default true,
  current_version_id   uuid,
  created_at           timestamp with time zone not null default now(),
  updated_at           timestamp with time zone not null default now(),
  deleted_at           timestamp with time zone,
  constraint workflows_tenant_id_id_key UNIQUE (tenant_id, id),
  constraint workflows_pkey PRIMARY KEY (id),
  constraint workflows_tenant_id_current_version_id_fkey FOREIGN KEY (tenant_id, current_version_id) REFERENCES workflow_versions(tenant_id, id),
  constraint workflows_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint workflows_slug_check CHECK ((slug <> ''::text))
);
CREATE UNIQUE INDEX workflows_live_slug ON workflows USING btree (tenant_id, slug) WHERE (deleted_at IS NULL);
CREATE INDEX workflows_slug ON workflows USING btree (tenant_id, slug);
alter table workflows enable row level security, force row level security;
create policy app on workflows for all to cloudflow_app using ((tenant_id = current_tenant())) with check ((tenant_id = current_tenant()));
create policy engine on workflows for select to cloudflow_engine using (true);
create policy owner on workflows for all to <owner> using (true) with check (true);
grant insert, select, update on workflows to cloudflow_app;
grant select on workflows to cloudflow_engine;

create view workflow_steps with (security_invoker=true) as
 SELECT execution_id,
    step_id,
    path,
    round,
    (array_agg(
        CASE kind
            WHEN 'begun'::text THEN 'EXECUTING'::text
            WHEN 'retrying'::text THEN 'QUEUED'::text
            WHEN 'succeeded'::text THEN 'SUCCESS'::text
            WHEN 'failed'::text THEN 'FAILED'::text
            WHEN 'skipped'::text THEN 'SKIPPED'::text
            ELSE NULL::text
        END ORDER BY seq DESC, "position" DESC))[1] AS status,
    max(attempt) AS attempt,
    COALESCE(min(at) FILTER (WHERE (kind = 'begun'::text)), min(at) FILTER (WHERE (kind <> 'skipped'::text))) AS started_at,
    max(at) FILTER (WHERE (kind = ANY (ARRAY['succeeded'::text, 'failed'::text, 'skipped'::text]))) AS finished_at,
    (array_agg((error ->> 'code'::text) ORDER BY seq DESC, "position" DESC))[1] AS error_code,
    (array_agg((error ->> 'message'::text) ORDER BY seq DESC, "position" DESC))[1] AS error_message
   FROM ( SELECT x.execution_id,
            x.seq,
            e."position",
            (e.body ->> 'e'::text) AS kind,
            (e.body ->> 's'::text) AS step_id,
            COALESCE((e.body ->> 'p'::text), ''::text) AS path,
            COALESCE(((e.body ->> 'r'::text))::integer, 0) AS round,
                CASE
                    WHEN ((e.body ->> 'e'::text) = 'begun'::text) THEN COALESCE(((e.body ->> 'a'::text))::integer, 1)
                    ELSE NULL::integer
                END AS attempt,
            to_timestamp((((e.body ->> 'at'::text))::double precision / (1000)::double precision)) AS at,
            (e.body -> 'err'::text) AS error
           FROM (execution_events x
             CROSS JOIN LATERAL json_array_elements(readable_json(x.data)) WITH ORDINALITY e(body, "position"))) event
  WHERE (kind = ANY (ARRAY['begun'::text, 'retrying'::text, 'succeeded'::text, 'failed'::text, 'skipped'::text]))
  GROUP BY execution_id, step_id, path, round;
grant select on workflow_steps to cloudflow_app;
grant select on workflow_steps to cloudflow_engine;
