-- Why: the executions that an execution started are listed.
-- Runs in: < 1 s on a young table; on a large one it locks writers out while it reads it. Safe while the old version runs: yes.
--
-- Partial: whatever nobody called is not in it, and costs nothing; parent_id never changes, so that updates stay HOT.
create index workflow_executions_children on workflow_executions (parent_id, id) where parent_id is not null;
