-- Why: a workflow is worked on in a draft that may be wrong; a version can be made current again, which is written down.
-- Runs in: < 1 s up to 100,000 versions. Safe while the old version runs: yes.
--
-- What the old version publishes meanwhile stands among the versions and not in workflow_publications.

-- What was saved, one row each time; the last revision of a workflow is its draft. The oldest are deleted in the transaction
-- that adds one too many.
create table workflow_drafts (
  tenant_id    uuid        not null,
  workflow_id  uuid        not null,
  saved_at     timestamptz not null default now(),
  saved_by     uuid        not null, -- the key, or the person
  revision     integer     not null check (revision > 0),
  digest       bytea       not null check (octet_length(digest) = 32), -- SHA-256 of the canonical definition
  based_on     text,                 -- the version that the work began from; null: there was none
  published_as text,                 -- the version that it became
  definition   text        not null, -- the JSON as it was given: any object
  primary key (tenant_id, workflow_id, revision),
  foreign key (tenant_id, workflow_id) references workflows (tenant_id, id)
);
alter table workflow_drafts enable row level security, force row level security;
create policy owner on workflow_drafts to current_user using (true) with check (true);
create policy app   on workflow_drafts to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, delete on workflow_drafts to cloudflow_app;
grant update (published_as) on workflow_drafts to cloudflow_app; -- what was saved never changes

-- Each time that another version became the current one of a workflow.
create table workflow_publications (
  id              uuid        primary key,
  tenant_id       uuid        not null,
  workflow_id     uuid        not null,
  version_id      uuid        not null,
  from_version_id uuid,                 -- the current one before
  made_at         timestamptz not null default now(),
  made_by         uuid,                 -- the key, or the person; null: before this was written down
  kind            text        not null check (kind in ('publish', 'rollback')),
  reason          text        not null default '',
  foreign key (tenant_id, workflow_id) references workflows (tenant_id, id),
  foreign key (tenant_id, version_id) references workflow_versions (tenant_id, id),
  foreign key (tenant_id, from_version_id) references workflow_versions (tenant_id, id)
);
create index workflow_publications_of on workflow_publications (tenant_id, workflow_id, id);
alter table workflow_publications enable row level security, force row level security;
create policy owner on workflow_publications to current_user using (true) with check (true);
create policy app   on workflow_publications to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert on workflow_publications to cloudflow_app;

-- Until now every version became the current one when it was published.
insert into workflow_publications (id, tenant_id, workflow_id, version_id, from_version_id, made_at, kind)
select id, tenant_id, workflow_id, id, lag(id) over (partition by workflow_id order by created_at, id), created_at, 'publish'
  from workflow_versions;

-- Publishing a draft names no version: a repeat is told which one it was, and which draft that left behind.
alter table workflow_keys add column version_id uuid, add column draft_revision integer;
