/** Who of many tenants' executions begins next, when not all can: fair between tenants first, then by priority with ageing. */
import { groupBy } from '../group-by.ts';
import { dueOrder } from './order.ts';

export type Candidate = { readonly tenant: string; readonly since: number; readonly priority: number };

/**
 * At most `most` of them, in the order in which they are to begin: one of each tenant, in the order in which the tenants first
 * appear, then a second of each, and so on; of a tenant what is due first comes first. However many one tenant has, it delays
 * the next of another by one.
 */
export function admissionOrder<Each extends Candidate>(candidates: readonly Each[], most: number): Each[] {
  const queues = [...groupBy(candidates, ({ tenant }) => tenant).values()];
  for (const queue of queues) queue.sort((a, b) => dueOrder(a) - dueOrder(b));
  const admitted: Each[] = [];
  for (let round = 0; ; round += 1) {
    const before = admitted.length;
    for (const queue of queues) {
      const next = queue[round];
      if (next === undefined) continue;
      if (admitted.length >= most) return admitted;
      admitted.push(next);
    }
    if (admitted.length === before) return admitted;
  }
}
