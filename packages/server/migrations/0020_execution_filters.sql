-- Why: executions are found by tenant, label, business key, the execution they retry, and by having failed or been cancelled.
-- Runs in: < 1 s on a young table; on a large one it locks writers out while it reads it. Safe while the old version runs: yes.
--
-- Updates stay HOT: no index has a column that changes, and the predicates turn true with the last update at the earliest.
-- Executions without a label, a business key or a failure are in the first of these indexes and in no other.
create index workflow_executions_tenant on workflow_executions (tenant_id, id);
-- The operator class serves `=` and bounds in the order of bytes, whatever the collation of the database.
create index workflow_executions_business_key on workflow_executions (tenant_id, business_key text_pattern_ops, id)
  where business_key is not null;
create index workflow_executions_retries on workflow_executions (retry_of, id) where retry_of is not null;
create index workflow_executions_failed on workflow_executions (tenant_id, id) where status = 3;
create index workflow_executions_failed_of_workflow on workflow_executions (tenant_id, workflow_id, id) where status = 3;
create index workflow_executions_cancelled on workflow_executions (tenant_id, id) where status = 4;

-- A row for each label, so that those of one label are read newest first. Kept by a trigger, and so always what the execution
-- says. A label that is too long for an index is not in it.
create table execution_labels (
  tenant_id    uuid not null,
  execution_id uuid not null,
  label        text collate "C" not null, -- <name>:<value>
  primary key (tenant_id, label, execution_id)
);
alter table execution_labels enable row level security, force row level security;
create policy owner  on execution_labels to current_user using (true) with check (true);
create policy engine on execution_labels to cloudflow_engine using (true) with check (true);
create policy app    on execution_labels to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert on execution_labels to cloudflow_app;
grant select, insert, delete on execution_labels to cloudflow_engine;

create function searchable_labels(labels text) returns setof text
  language sql immutable
as $$
  select key || ':' || value from json_each_text(labels::json) where octet_length(key) + octet_length(value) < 2000
$$;

create function keep_execution_labels() returns trigger
  language plpgsql
as $$
begin
  if tg_op = 'UPDATE' then
    delete from execution_labels
     where tenant_id = old.tenant_id and execution_id = old.id and label in (select searchable_labels(old.labels));
  end if;
  insert into execution_labels (tenant_id, execution_id, label)
  select new.tenant_id, new.id, searchable_labels(new.labels) on conflict do nothing;
  return null;
end
$$;
create trigger label_insert after insert on workflow_executions
  for each row when (new.labels <> '{}') execute function keep_execution_labels();
create trigger label_update after update of labels on workflow_executions
  for each row when (old.labels is distinct from new.labels) execute function keep_execution_labels();

insert into execution_labels (tenant_id, execution_id, label)
select tenant_id, id, searchable_labels(labels) from workflow_executions where labels <> '{}' on conflict do nothing;
