/**
 * What is certain about an execution at one of its steps: that an expression, whose value does not change in between, is equal
 * to a constant; or that a `cancel` has withdrawn a step. Knowing too little is safe: it only finds less.
 */
import type { GuardValue } from '../../expression/guards.ts';

export type Fact = {
  readonly key: string;
  readonly value: GuardValue;
  /** As one writes it: `input.x == 1`. */
  readonly says: string;
  /** The step whose condition, or whose running, makes it so. */
  readonly by: number;
  /** The names that it reads; where a block gives one of them another meaning, it is no longer known. */
  readonly names: readonly string[];
};

export type Facts = ReadonlyMap<string, Fact>;

export const noFacts: Facts = new Map();

/** So that a long chain of conditions costs what it is long, not the square of it. */
const mostFacts = 32;

/** The nearest are kept. */
export function withFacts(facts: Facts, own: readonly Fact[]): Facts {
  if (own.length === 0) return facts;
  const all = new Map<string, Fact>();
  for (const fact of own) if (all.size < mostFacts) all.set(fact.key, fact);
  for (const [key, fact] of facts) if (all.size < mostFacts && !all.has(key)) all.set(key, fact);
  return all;
}

/** Of an inner block: without what its names hide. */
export function inside(facts: Facts, hidden: readonly string[]): Facts {
  if (hidden.length === 0) return facts;
  return new Map([...facts].filter(([, { names }]) => !names.some((name) => hidden.includes(name))));
}

/** Two that cannot both be so. */
export function clashBetween(facts: Facts, own: Iterable<Fact>): { readonly known: Fact; readonly own: Fact } | null {
  for (const fact of own) {
    const known = facts.get(fact.key);
    if (known !== undefined && known.value !== fact.value) return { known, own: fact };
  }
  return null;
}

/** What is certain when at least `needed` of these sets hold: all that so few lack that one of those has it. */
export function factsOfAny(sets: readonly Facts[], needed: number): Facts {
  if (sets.length === 1 && needed > 0) return sets[0] ?? noFacts;
  const found = new Map<string, Fact>();
  for (const [key, values] of byKey(sets)) {
    for (const facts of values.values()) {
      const [fact] = facts;
      if (fact !== undefined && facts.length > sets.length - needed && found.size < mostFacts) found.set(key, fact);
    }
  }
  return found;
}

/** How many of these sets can hold at once, at most, and the facts that keep the rest from it. */
export function mostAtOnce(sets: readonly Facts[]): { readonly most: number; readonly apart: readonly Fact[] } {
  let best: { readonly most: number; readonly apart: readonly Fact[] } = { most: sets.length, apart: [] };
  for (const values of byKey(sets).values()) {
    const groups = [...values.values()];
    const having = groups.reduce((sum, facts) => sum + facts.length, 0);
    const most = sets.length - having + Math.max(...groups.map((facts) => facts.length));
    if (most < best.most) best = { most, apart: groups.flat() };
  }
  return best;
}

function byKey(sets: readonly Facts[]): ReadonlyMap<string, ReadonlyMap<GuardValue, readonly Fact[]>> {
  const found = new Map<string, Map<GuardValue, Fact[]>>();
  for (const facts of sets) {
    for (const fact of facts.values()) {
      const values = found.get(fact.key) ?? new Map<GuardValue, Fact[]>();
      found.set(fact.key, values);
      const alike = values.get(fact.value);
      if (alike === undefined) values.set(fact.value, [fact]);
      else alike.push(fact);
    }
  }
  return found;
}
