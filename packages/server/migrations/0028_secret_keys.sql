-- Why: what is secret is encrypted under a key of its tenant, which only a master key outside of the database opens.
-- Runs in: < 1 s on any size (new tables only). Safe while the old version runs: yes.

-- Which master key this database belongs to: one row, written by the first process. Another key would open nothing.
create table master_key (
  single      boolean     primary key default true check (single),
  since       timestamptz not null default now(),
  fingerprint text        not null -- of the key; tells two keys apart and says nothing about either
);
alter table master_key enable row level security, force row level security;
create policy owner on master_key to current_user using (true) with check (true);

-- Keys of tenants, encrypted under the master key. The newest of a tenant encrypts; the others stay for what they encrypted.
create table data_keys (
  tenant_id  uuid        not null references tenants (id),
  created_at timestamptz not null default now(),
  id         integer     not null check (id > 0), -- stands in every ciphertext
  wrapped    bytea       not null,
  primary key (tenant_id, id)
);
alter table data_keys enable row level security, force row level security;
create policy owner  on data_keys to current_user using (true) with check (true);
create policy engine on data_keys to cloudflow_engine using (true) with check (true);
create policy app    on data_keys to cloudflow_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert on data_keys to cloudflow_engine, cloudflow_app;
