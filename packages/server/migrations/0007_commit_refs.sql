-- Why: random ids do not compress, and trying to cost the flushes 4 % of their time.
-- Runs in: < 1 s on any size (catalogue only; what is stored stays as it is). Safe while the old version runs: yes.
alter table engine_commits alter column refs set storage external;
