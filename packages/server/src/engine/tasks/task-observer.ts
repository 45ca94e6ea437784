/** What is told of tasks, for numbers. */
import type { LapsedTask, TaskNumbers } from '../store/task-chores.ts';

export type TaskObserver = {
  claimed(count: number): void;
  answered(as: 'completed' | 'failed'): void;
  /** An answer came from somebody who did not have the task (any more). */
  refused(): void;
  lapsed(as: LapsedTask['as']): void;
  /** Now, in all of the database. */
  counted(numbers: TaskNumbers): void;
};

const nothing = (): void => undefined;

/** Where nobody counts. */
export const noTaskObserver: TaskObserver = {
  claimed: nothing,
  answered: nothing,
  refused: nothing,
  lapsed: nothing,
  counted: nothing,
};
