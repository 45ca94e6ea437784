-- Why: each retry by a person does its effects under keys of its own, also when several are asked for at the same time.
-- Runs in: < 1 s on any size (new table only). Safe while the old version runs: yes.

-- The highest generation that was given to a retry, for each execution that was ever retried (by the root of its retries).
-- A number that was taken for a retry which did not come about is a gap, and harms nobody.
create table execution_generations (
  root_id    uuid     not null primary key,
  tenant_id  uuid     not null,
  generation smallint not null check (generation > 0)
);
alter table execution_generations enable row level security, force row level security;
create policy owner on execution_generations to current_user using (true) with check (true);
create policy app   on execution_generations to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update on execution_generations to cloudflow_app;
