/** The four kinds of tests, told apart by their suffix; CONTRIBUTING.md says what each may touch. */
import { defineConfig } from 'vitest/config';

const apart = ['**/node_modules/**', '**/*.db.test.ts', '**/*.e2e.test.ts'];

/** What a test waits for comes at once on a quiet machine; on a busy one that is no failure. */
const patient = { poll: { timeout: 15_000 } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          expect: patient,
          include: ['packages/*/{bin,src,testing}/**/*.test.ts', '{deploy,tools,scripts}/**/*.test.ts'],
          exclude: apart,
          // Properties try hundreds of cases: seconds on a busy machine.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'db',
          expect: patient,
          include: ['packages/*/src/**/*.db.test.ts', 'packages/*/testing/**/*.db.test.ts', 'bench/**/*.db.test.ts'],
          globalSetup: ['packages/server/testing/global-database.ts'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
          // Each file has a database of its own on one server; more workers than this only queue for the disk.
          maxWorkers: 4,
        },
      },
      {
        test: {
          name: 'e2e',
          expect: patient,
          include: ['e2e/**/*.e2e.test.ts'],
          // Whole products that start, are killed and measured: two at once would measure each other.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
