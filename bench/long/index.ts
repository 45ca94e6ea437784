/** What takes minutes to show: many that wait, a restart in the middle of much, large tables. */
import type { BenchDatabase } from '../database.ts';
import { growth } from './growth.ts';
import { restart } from './restart.ts';
import { rounds } from './rounds.ts';
import { sleepers } from './sleepers.ts';

/** A number that stands beside what it has to be. */
export type Figure = { readonly name: string; readonly value: string; readonly goal: string };

export type LongRun = {
  readonly name: string;
  readonly work: (database: BenchDatabase, say: (text: string) => void) => Promise<readonly Figure[]>;
};

export const longRuns: readonly LongRun[] = [
  { name: 'sleepers', work: sleepers },
  { name: 'restart', work: restart },
  { name: 'rounds', work: rounds },
  { name: 'growth', work: growth },
];
