-- Why: tries that go on in the process that began them while the shard of their execution moves to another one.
-- Runs in: < 1 s on any size (a new table; a column with a constant default). Safe while the old version runs: yes (it hands
-- out again what it finds under way, as after a crash, and counts a process that leaves as a member until it is gone).
--
-- A row is written at the hand-over alone, for what runs longer than that: a try that ends where it began has none. Who runs
-- it (`process`) lives as long as its row in engine_members is fresh. It reports the outcome by a row of the inbox, once:
-- `ended` is set in the same transaction, by whoever finds it unset.
create table attempt_owners (
  execution_id uuid        not null,
  process      uuid        not null,
  since        timestamptz not null default now(),
  shard        smallint    not null,
  ended        boolean     not null default false,
  stop         boolean     not null default false, -- the owner of the execution asks it to stop
  try          text        not null,               -- which try of which run of a step: engine/runner/try.ts
  primary key (execution_id, try)
);
create index attempt_owners_process on attempt_owners (process);
alter table attempt_owners enable row level security, force row level security;
create policy owner  on attempt_owners to current_user using (true) with check (true);
create policy engine on attempt_owners to cloudflow_engine using (true) with check (true);
grant select, insert, update, delete on attempt_owners to cloudflow_engine;

-- It hands its shards over, and lives on for what it still runs: no share is kept for it.
alter table engine_members add column leaving boolean not null default false;
