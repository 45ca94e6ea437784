-- Why: an execution that kills the process that loads it is found and ended, and no other with it.
-- Runs in: < 1 s on any size (a new table). Safe while the old version runs: yes.
--
-- Rows are of executions that were loaded from shards whose owner died, until they have moved: none in the ordinary course.
create table crash_suspects (
  execution_id uuid        primary key,
  process      uuid        not null, -- that counted last
  at           timestamptz not null default now(),
  shard        smallint    not null,
  loads        smallint    not null default 1
);
alter table crash_suspects enable row level security, force row level security;
create policy owner  on crash_suspects to current_user using (true) with check (true);
create policy engine on crash_suspects to cloudflow_engine using (true) with check (true);
grant select, insert, update, delete on crash_suspects to cloudflow_engine;
