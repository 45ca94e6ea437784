-- Why: months of executions that are past their time are archived and dropped, and what still runs of them is kept.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes.
--
-- Written by one process at a time, which holds an advisory lock: engine/retention/. How far each month is: whatever dies in
-- the middle goes on from here.
create table retention_months (
  month           text        primary key,              -- as in the names of its partitions: 202501
  before          uuid        not null,                 -- the first id of the next month: smaller ones are looked at
  begun_at        timestamptz not null default now(),
  finished_before timestamptz not null,                 -- what ended later is kept, as what has not ended
  done_at         timestamptz,
  after_tenant    uuid,                                 -- up to where the archive is written, in the order of these columns
  after_workflow  uuid,
  after_execution uuid,
  after_seq       integer,                              -- of its journal; null: all of that execution
  phase           text        not null default 'archiving' check (phase in ('archiving', 'moving', 'dropping', 'done'))
);
alter table retention_months enable row level security, force row level security;
create policy owner on retention_months to current_user using (true) with check (true);

-- The files of the archive, each read back before it stands here. Its bytes are a blob: area `archives`, owner `archive_id`.
create table archive_files (
  archive_id   uuid        not null, -- of the month: its first id
  tenant_id    uuid        not null,
  written_at   timestamptz not null default now(),
  number       integer     not null, -- from 1, for each tenant and month
  executions   integer     not null,
  journal_rows integer     not null,
  large_values integer     not null,
  bytes        integer     not null, -- compressed
  month        text        not null,
  home         text        not null, -- of the store that it is in
  digest       bytea       not null check (octet_length(digest) = 32), -- SHA-256 of the file
  primary key (archive_id, tenant_id, number)
);
alter table archive_files enable row level security, force row level security;
create policy owner on archive_files to current_user using (true) with check (true);

-- What the month under way is not to lose: what had not ended, or only lately, when the archive passed by, and whatever
-- changed since. Emptied when the next month begins.
create table retention_kept (
  execution_id uuid primary key
);
alter table retention_kept enable row level security, force row level security;
create policy owner on retention_kept to current_user using (true) with check (true);

-- Every write to the partitions that are about to go, from before the archive begins. Only inserted into: a row that were
-- shared between two changes could be taken away between the commit of the first and that of the second.
create table retention_changes (
  id           bigint generated always as identity primary key,
  execution_id uuid   not null
);
alter table retention_changes enable row level security, force row level security;
create policy owner  on retention_changes to current_user using (true) with check (true);
create policy engine on retention_changes for insert to cloudflow_engine with check (true);
create policy app    on retention_changes for insert to cloudflow_app with check (sees_execution(execution_id));
grant insert on retention_changes to cloudflow_engine, cloudflow_app;

create function note_changed_execution() returns trigger
  language plpgsql
as $$
begin
  insert into retention_changes (execution_id) values (new.id);
  return null;
end
$$;

create function note_changed_journal() returns trigger
  language plpgsql
as $$
begin
  insert into retention_changes (execution_id) values (new.execution_id);
  return null;
end
$$;
