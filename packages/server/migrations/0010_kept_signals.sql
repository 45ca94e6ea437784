-- Why: signals that wait for a step count against a limit when the next one is accepted.
-- Runs in: < 1 s on any size (a column without a default is catalogue only; the inbox is empty but for what is under way).
-- Safe while the old version runs: yes (it neither writes signals nor reads the column).
--
-- How many signals the journal keeps for steps that are still to come; null for none. Written with the event that keeps or
-- takes one, in no index, so that changes stay HOT. Those not heard yet are rows of the inbox.
alter table workflow_executions add column kept_signals smallint;
-- Partial: other commands pay nothing for it.
create index execution_inbox_signals on execution_inbox (execution_id) where kind = 'signal';
