-- Why: values too large for a row, and archives, have a place of their own, which may be this database.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes.

-- The adapter `postgres` of kernel/blob. Named by content within an owner: what an owner has goes with it, whoever else has
-- the same bytes. Never updated.
create table blobs (
  owner      uuid        not null, -- an execution, or an archive
  tenant_id  uuid        not null,
  created_at timestamptz not null default now(),
  area       text        not null check (area in ('executions', 'archives')),
  digest     bytea       not null check (octet_length(digest) = 32), -- SHA-256 of the content
  content    bytea       not null,
  primary key (area, owner, digest)
);
alter table blobs enable row level security, force row level security;
create policy owner  on blobs to current_user using (true) with check (true);
create policy engine on blobs to cloudflow_engine using (true) with check (true);
create policy app    on blobs for select to cloudflow_app using (tenant_id = current_tenant());
grant select on blobs to cloudflow_app;
grant select, insert, delete on blobs to cloudflow_engine;

-- Where the blobs of this database are: one row, written by the first process. Another place would not have them.
create table blob_home (
  single boolean primary key default true check (single),
  home   text    not null
);
alter table blob_home enable row level security, force row level security;
create policy owner on blob_home to current_user using (true) with check (true);
