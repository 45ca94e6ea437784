/**
 * Which steps can never run, and which joins can never fire. Block by block, in each the dependencies first: what must be so
 * for a step to start is known from its join, then its condition narrows it; where the two contradict each other, no run gets
 * there. Work grows with the number of dependencies; nothing is enumerated. What people do by hand, such as to complete a step, is
 * not counted: no definition may rely on it.
 */
import type { Plan, PlanBlock, PlanStep } from '../plan.ts';
import { blocksAtTheEnd, dependenciesFirst, findCertainEnds } from './certain-end.ts';
import { type Conditions, readConditions } from './conditions.ts';
import { clashBetween, type Fact, type Facts, factsOfAny, inside, mostAtOnce, noFacts, withFacts } from './facts.ts';

/** What is certain at one step. */
export type Known = {
  /** When its join is satisfied, and its condition is asked. */
  readonly joined: Facts;
  /** When it starts. */
  readonly begun: Facts;
  /** When what depends on it may count on it. */
  readonly ended: Facts;
  /** Whether a join of all, and a counted join, can ever be satisfied by it. */
  readonly satisfies: boolean;
  readonly succeeds: boolean;
};

export type Finding =
  /** Each dependency that is left ends the execution, or is switched off. */
  | { readonly kind: 'dead_join'; readonly step: PlanStep; readonly dead: readonly PlanStep[]; readonly off: boolean }
  | { readonly kind: 'apart'; readonly step: PlanStep; readonly most: number; readonly apart: readonly Fact[] }
  | { readonly kind: 'contradiction'; readonly step: PlanStep; readonly known: Fact; readonly own: Fact }
  | {
      readonly kind: 'dead_case';
      readonly step: PlanStep;
      readonly at: number | null;
      readonly known: Fact;
      readonly own: Fact;
    }
  | { readonly kind: 'withdrawn'; readonly step: PlanStep; readonly by: Fact };

export type Analysis = { readonly findings: readonly Finding[]; readonly known: ReadonlyMap<number, Known> };

/** `isOff`: steps that never run because somebody says so. A finding that only they make is no error of the workflow. */
export function analyse(plan: Plan, isOff: (step: PlanStep) => boolean): Analysis {
  const conditions = readConditions(plan);
  const ends = findCertainEnds(plan);
  const apart = blocksAtTheEnd(plan);
  const known = new Map<number, Known>();
  const entered = new Map<number, Facts>();
  const inner = blocksByOwner(plan);
  const findings: Finding[] = [];

  for (const block of plan.blocks) {
    const around = entered.get(block.index) ?? noFacts;
    const steps = dependenciesFirst(block.steps.flatMap((each) => plan.steps[each] ?? []));
    const withdraws = steps.every(({ work }) => work.kind !== 'goto'); // a `goto` begins again what was withdrawn
    for (const step of steps) {
      const joined = joinOf(step, around);
      const own = ownFacts(step, conditions);
      // Where its condition fails, its handler stands for it.
      const clash = step.onError.kind === 'handler' ? null : clashBetween(joined, own);
      const withdrawn = joined.get(withdrawalOf(step.index));
      if (clash !== null) findings.push({ kind: 'contradiction', step, ...clash });
      else if (withdrawn !== undefined) findings.push({ kind: 'withdrawn', step, by: withdrawn });
      // What is told of is taken as possible from here on, so that one cause is told once.
      const begun = clash === null ? withFacts(joined, own) : joined;
      known.set(step.index, { joined, begun, ...howItEnds(step, { joined, begun, withdraws }) });
      enterBlocks(step, { joined, begun });
    }
  }
  return { findings, known };

  function joinOf(step: PlanStep, around: Facts): Facts {
    const { dependsOn, join } = step;
    if (dependsOn.length === 0) return around;
    const able = dependsOn.filter((each) => known.get(each)?.[join.kind === 'all' ? 'satisfies' : 'succeeds'] === true);
    const needed = neededOf(step);
    if (able.length < needed) {
      const dead = dependsOn.flatMap((each) => (able.includes(each) ? [] : (plan.steps[each] ?? [])));
      findings.push({ kind: 'dead_join', step, dead, off: dead.some(isOff) });
      return around;
    }
    if (join.kind === 'each' || join.kind === 'sets') return around;
    const sets = able.map((each) => known.get(each)?.ended ?? noFacts);
    if (join.kind === 'count' && join.count > 1) {
      const { most, apart } = mostAtOnce(sets);
      if (most < join.count) {
        findings.push({ kind: 'apart', step, most, apart });
        return around;
      }
    }
    return withFacts(around, [...factsOfAny(sets, needed).values()]);
  }

  function howItEnds(
    step: PlanStep,
    { joined, begun, withdraws }: { joined: Facts; begun: Facts; withdraws: boolean },
  ): Pick<Known, 'ended' | 'satisfies' | 'succeeds'> {
    const { onError, work } = step;
    // One that is not taken, or withdrawn before its time, lets go on what follows it.
    if (work.kind === 'goto') return { ended: noFacts, satisfies: true, succeeds: true };
    if (isOff(step)) return { ended: noFacts, satisfies: false, succeeds: false };
    // Its condition may fail, and then its handler stands for it, or nobody minds.
    const mustHold = onError.kind === 'fail' || onError.kind === 'skip';
    const over = ends.endsExecution(step);
    const withdrawals = withdraws && mustHold && work.kind === 'cancel' ? withdrawalsBy(plan, step, work.steps) : [];
    return { ended: withFacts(mustHold ? begun : joined, withdrawals), satisfies: !over, succeeds: !over };
  }

  function enterBlocks(step: PlanStep, { joined, begun }: Pick<Known, 'joined' | 'begun'>): void {
    const cases = casesOf(step, conditions);
    for (const block of inner.get(step.index) ?? []) {
      if (apart.has(block.index)) continue;
      const from = inside(block.kind === 'handler' ? joined : begun, hiddenIn(step, block));
      const own = cases.find((each) => each.block === block.index);
      const clash = own === undefined ? null : clashBetween(from, own.facts);
      const inTurn = own === undefined ? null : clashWithin(own.facts);
      const found = clash ?? inTurn;
      if (found !== null && block.steps.length > 0)
        findings.push({ kind: 'dead_case', step, at: own?.at ?? null, ...found });
      entered.set(block.index, found === null ? withFacts(from, own?.facts ?? []) : from);
    }
  }
}

/** How many dependencies must satisfy the join; of the blocks that run for arrivals, what the least would be. */
function neededOf({ join, dependsOn }: PlanStep): number {
  if (join.kind === 'count' || join.kind === 'sets') return Math.min(join.count, dependsOn.length);
  return 1;
}

function ownFacts(step: PlanStep, conditions: Conditions): readonly Fact[] {
  if (step.when === null || step.work.kind === 'goto') return [];
  if (step.join.kind === 'each' || step.join.kind === 'sets') return []; // asked anew for each arrival
  return conditions.facts(step.when, step);
}

function withdrawalsBy(plan: Plan, { index, id, block }: PlanStep, steps: readonly number[]): readonly Fact[] {
  return steps
    .filter((each) => plan.steps[each]?.block === block)
    .map((each) => ({ key: withdrawalOf(each), value: true, says: `\`${id}\` has run`, by: index, names: [] }));
}

/** No expression reads so. */
function withdrawalOf(step: number): string {
  return `\u0000withdrawn ${step}`;
}

type Case = { readonly block: number; readonly at: number | null; readonly facts: readonly Fact[] };

/** Of a switch: the condition of each case, and that of none before it when one alone is chosen. */
function casesOf(step: PlanStep, conditions: Conditions): readonly Case[] {
  const { work } = step;
  if (work.kind !== 'switch') return [];
  const cases: Case[] = [];
  const before: Fact[] = [];
  for (const [at, { when, block }] of work.cases.entries()) {
    const facts = conditions.facts(when, step);
    cases.push({ block, at, facts: work.mode === 'first' ? [...facts, ...before] : facts });
    before.push(...conditions.facts(when, step, false));
    before.splice(0, Math.max(0, before.length - mostBefore));
  }
  if (work.default !== null) cases.push({ block: work.default, at: null, facts: before });
  return cases;
}

/** Cases before this one that are looked at; a switch of very many is no reason for very much work. */
const mostBefore = 32;

function clashWithin(facts: readonly Fact[]) {
  const seen = new Map<string, Fact>();
  for (const fact of facts) {
    const known = seen.get(fact.key);
    if (known !== undefined && known.value !== fact.value) return { known, own: fact };
    seen.set(fact.key, fact);
  }
  return null;
}

function blocksByOwner({ blocks }: Plan): ReadonlyMap<number, readonly PlanBlock[]> {
  const found = new Map<number, PlanBlock[]>();
  for (const block of blocks) {
    if (block.owner === null) continue;
    const known = found.get(block.owner);
    if (known === undefined) found.set(block.owner, [block]);
    else known.push(block);
  }
  return found;
}

/** The names that an inner block gives a meaning of its own. */
function hiddenIn({ work }: PlanStep, { kind }: PlanBlock): readonly string[] {
  if (kind === 'item') return [work.kind === 'for_each' ? work.as : '', 'index'];
  return kind === 'round' ? ['loop'] : kind === 'arrival' ? ['arrival'] : kind === 'handler' ? ['error'] : [];
}
