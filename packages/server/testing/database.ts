/** A database of its own for a test file: a clone of the migrated template of this run's PostgreSQL. */
import type { Database } from '../src/kernel/db/database.ts';

export type TestDatabase = {
  readonly url: string;
  readonly database: Database;
  /** Closes the connections and drops the database. */
  drop(): Promise<void>;
};
