/** In which order executions that wait for the same thing go on. */

/** What waits longer by this much comes as if it had one level of priority more. */
export const msPerPriority = 60_000;

/**
 * Priority with ageing, as one number that never changes while something waits: the smaller goes first. Priority 5 is passed
 * by everything of priority 1 that comes within four minutes after it, and by nothing that comes later: nobody starves.
 */
export function dueOrder({ since, priority }: { readonly since: number; readonly priority: number }): number {
  return since + (priority - 1) * msPerPriority;
}
