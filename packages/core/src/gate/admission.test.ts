import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admissionOrder, type Candidate } from './admission.ts';
import { dueOrder, msPerPriority } from './order.ts';

const of = (tenant: string, count: number): Candidate[] =>
  Array.from({ length: count }, (_, since) => ({ tenant, since, priority: 3 }));
const tenants = (order: readonly Candidate[]) => order.map(({ tenant }) => tenant).join('');

describe('who begins next', () => {
  it('takes one of each tenant in turn, so that ten thousand of one delay another by one [F69]', () => {
    expect(tenants(admissionOrder([...of('a', 10_000), ...of('b', 3)], 8))).toBe('abababaa');
  });

  it('takes priority 1 of a tenant before its priority 5, until that has waited four minutes', () => {
    const low = { tenant: 'a', since: 0, priority: 5 };
    const urgent = { tenant: 'a', since: 4 * msPerPriority - 1, priority: 1 };
    const late = { tenant: 'a', since: 4 * msPerPriority + 1, priority: 1 };
    expect(admissionOrder([late, low, urgent], 3)).toEqual([urgent, low, late]);
  });

  const anyone = fc.record({
    tenant: fc.constantFrom('a', 'b', 'c', 'd'),
    since: fc.nat(10 * msPerPriority),
    priority: fc.integer({ min: 1, max: 5 }),
  });

  it('is fair whatever waits: no tenant is two ahead of one that still waits, and within a tenant none passes what is due first', () => {
    fc.assert(
      fc.property(fc.array(anyone, { maxLength: 80 }), fc.nat(100), (candidates, most) => {
        const order = admissionOrder(candidates, most);
        expect(order.length).toBe(Math.min(most, candidates.length));
        expect(new Set(order).size).toBe(order.length);
        const left = new Set(candidates);
        const had = new Map<string, number>();
        for (const each of order) {
          left.delete(each);
          had.set(each.tenant, (had.get(each.tenant) ?? 0) + 1);
          for (const other of left) {
            if (other.tenant === each.tenant) expect(dueOrder(each)).toBeLessThanOrEqual(dueOrder(other));
            else expect((had.get(each.tenant) ?? 0) - (had.get(other.tenant) ?? 0)).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });
});
