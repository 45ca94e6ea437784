-- Why: executions are found by the name of their workflow, also when it has been deleted since.
-- Runs in: < 1 s up to a million workflows; writers of workflows wait while it is built. Safe while the old version runs: yes.
create index workflows_slug on workflows (tenant_id, slug);
