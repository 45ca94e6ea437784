-- Why: starts that wait are taken up in turn by tenant, then by priority, however many of one tenant wait.
-- Runs in: < 1 s on a young table; on a large one it locks writers out while it reads it. Safe while the old version runs: yes,
-- but its looks for pending starts read the index of all that has not ended until it is stopped.
--
-- As the index that it replaces: an execution that its own process begins, or that is held, never enters it. `shard` is
-- there so that a look passes over what belongs to other processes without reading their rows.
create index workflow_executions_waiting on workflow_executions (tenant_id, priority, id) include (shard) where status = 0;
drop index workflow_executions_pending;
