/** Opens the database: the embedded one, or the one that is configured, with the schema of this release, and its blobs. */
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { BlobStore } from '../kernel/blob/blob-store.ts';
import { createDiskBlobs } from '../kernel/blob/disk-blobs.ts';
import { claimBlobHome, createPostgresBlobs } from '../kernel/blob/postgres-blobs.ts';
import { createDatabase } from '../kernel/db/create-database.ts';
import type { Database } from '../kernel/db/database.ts';
import { startEmbeddedPostgres } from '../kernel/embedded-postgres/embedded-postgres.ts';
import type { HealthPart } from '../kernel/health/health.ts';
import type { Logger } from '../kernel/log/log.ts';
import { migrate } from '../kernel/migrate/migrate.ts';
import { migrationStatus } from '../kernel/migrate/migration-status.ts';
import { claimMasterKey } from '../kernel/secret/claim-master-key.ts';
import { masterKey } from '../kernel/secret/master-key.ts';
import { createPostgresSecrets } from '../kernel/secret/postgres-secrets.ts';
import type { SecretBox } from '../kernel/secret/secret-box.ts';
import type { StopStack } from './stop-stack.ts';

export type OpenDatabaseDeps = {
  readonly log: Logger;
  /** One line for the person who waits. */
  readonly progress: (message: string) => void;
  /** The embedded PostgreSQL is gone for good. */
  readonly onFatal: (error: Error) => void;
  readonly stack: StopStack;
};

export type OpenDatabase = {
  readonly database: Database;
  readonly directUrl: string;
  readonly exclusive: boolean;
  readonly blobs: BlobStore;
  /** Where old executions go. */
  readonly archives: BlobStore;
  readonly secrets: SecretBox;
};

export async function openDatabase(
  config: Config,
  { log, progress, onFatal, stack }: OpenDatabaseDeps,
): Promise<OpenDatabase> {
  const { url, directUrl, exclusive } = await address();
  progress('checking the database');
  await migrate({ url: directUrl, log, progress });
  const database = createDatabase({ url, directUrl, poolSize: config.databasePoolSize, log });
  stack.add('database', database.close);
  const secrets = await openSecrets(config, { database, log });
  const blobs = await openBlobs(config, database);
  const archives = config.archiveDir === null ? blobs : await createDiskBlobs(config.archiveDir);
  return { database, directUrl, exclusive, blobs, archives, secrets };

  async function address() {
    if (config.databaseUrl !== null) {
      return { url: config.databaseUrl, directUrl: config.databaseDirectUrl ?? config.databaseUrl, exclusive: false };
    }
    progress('starting the embedded PostgreSQL');
    const postgres = await startEmbeddedPostgres({
      dataDir: config.dataDir,
      log,
      progress,
      onExit: ({ how, restarting }) =>
        restarting || onFatal(new Error(`the embedded PostgreSQL ended (${how}) again and again`)),
    });
    stack.add('embedded PostgreSQL', postgres.stop);
    return { url: postgres.url, directUrl: postgres.url, exclusive: postgres.heldExclusively };
  }
}

async function openBlobs({ blobs, dataDir, databaseUrl }: Config, database: Database): Promise<BlobStore> {
  const onDisk = blobs === 'disk' || (blobs === 'auto' && databaseUrl === null);
  const store = onDisk ? await createDiskBlobs(join(dataDir, 'blobs')) : createPostgresBlobs(database);
  await claimBlobHome(database, store);
  return store;
}

async function openSecrets(
  { masterKey: given, masterKeyPrevious: before, dataDir }: Config,
  { database, log }: { readonly database: Database; readonly log: Logger },
): Promise<SecretBox> {
  const { master, isNew, isRotated } = await claimMasterKey(database, {
    given: given === null ? null : masterKey(given, 'CLOUDFLOW_MASTER_KEY'),
    previous: before === null ? null : masterKey(before, 'CLOUDFLOW_MASTER_KEY_PREVIOUS'),
    dataDir,
  });
  const { fingerprint, from } = master;
  if (isNew) log.info({ fingerprint, from }, 'the database is encrypted with this master key: keep a copy of it');
  if (isRotated) log.warn({ fingerprint, from }, 'the keys of all tenants are now under this master key');
  return createPostgresSecrets({ database, master, monotonic: () => performance.now() });
}

/** What /readyz asks of the database. */
export function databaseParts(database: Database): HealthPart[] {
  return [
    { name: 'database', check: async () => void (await database.ping()) },
    {
      name: 'migrations',
      async check() {
        const status = await migrationStatus(database);
        if (status.kind === 'pending') throw new Error(`not applied yet: ${status.names.join(', ')}`);
        if (status.kind === 'unusable') throw new Error(status.reason);
      },
    },
  ];
}
