-- Why: a long history is not folded again from its beginning whenever its execution is brought into memory.
-- Runs in: < 1 s on any size (a new table). Safe while the old version runs: yes.
--
-- A cache: what the journal of an execution amounts to up to row `seq`. Rows are of executions that are under way and have run
-- for longer than a second, or wait behind a long journal. Each may be deleted at any time.
create table execution_snapshots (
  execution_id uuid        primary key,
  at           timestamptz not null default now(),
  seq          integer     not null, -- the last journal row that is in it
  events       integer     not null, -- of the journal up to there
  format       text        not null, -- of `data`: another is of no use
  checksum     bytea       not null check (octet_length(checksum) = 32), -- SHA-256 over all of it
  data         text        not null  -- engine/snapshots/snapshot-text.ts
) with (fillfactor = 80);
alter table execution_snapshots enable row level security, force row level security;
create policy owner  on execution_snapshots to current_user using (true) with check (true);
create policy engine on execution_snapshots to cloudflow_engine using (true) with check (true);
grant select, insert, update, delete on execution_snapshots to cloudflow_engine;
