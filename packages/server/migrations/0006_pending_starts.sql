-- Why: starts that wait for the owner of their shard are looked for four times a second, also beside many that run.
-- Runs in: < 1 s on a young table; on a large one it locks writers out while it reads it. Safe while the old version runs: yes.
--
-- A start that its own process begins is inserted with a later status and never enters this index; nor do later changes
-- touch it, so that it costs the hot path nothing.
create index workflow_executions_pending on workflow_executions (shard, id) where status = 0;
