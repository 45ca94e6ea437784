/** Keeping house: what has to be done again and again, so that the product can run for years. */
export { createHousekeeping, type Housekeeping, type HousekeepingTask } from './housekeeping.ts';
