/** How a finding is told: what contradicts what, and the way there through the workflow. */
import type { Plan, PlanStep } from '../plan.ts';
import type { Finding } from './analysis.ts';
import type { Fact } from './facts.ts';

export type Told = { readonly pointer: string; readonly message: string; readonly suggestion?: string };

export function tell(plan: Plan, finding: Finding): Told {
  const { step } = finding;
  switch (finding.kind) {
    case 'dead_join':
      return tellDeadJoin(plan, finding);
    case 'apart':
      return tellApart(plan, finding);
    case 'contradiction': {
      const { known, own } = finding;
      return {
        pointer: `${step.pointer}/when`,
        message: `\`${step.id}\` can never run: it runs only when \`${own.says}\`, but it is reached only ${whenOf(plan, known, step)}: ${wayTo(plan, step, known.by)}`,
      };
    }
    case 'dead_case': {
      const { at, known, own } = finding;
      const what = at === null ? '`default`' : `case ${at}`;
      const told =
        known.by === own.by
          ? `it would need \`${known.says}\` and \`${own.says}\` at once`
          : `it is for \`${own.says}\`, but \`${step.id}\` is reached only ${whenOf(plan, known, step)}: ${wayTo(plan, step, known.by)}`;
      const pointer = at === null ? `${step.pointer}/config/default` : `${step.pointer}/config/cases/${at}/when`;
      return { pointer, message: `${what} of \`${step.id}\` is never chosen, so its steps can never run: ${told}` };
    }
    case 'withdrawn': {
      const cancel = plan.steps[finding.by.by];
      return {
        pointer: `${step.pointer}/depends_on`,
        message: `\`${step.id}\` can never run: \`${cancel?.id}\` always runs before it, and withdraws it: ${wayTo(plan, step, finding.by.by)}`,
      };
    }
  }
}

function tellDeadJoin(plan: Plan, { step, dead, off }: Extract<Finding, { kind: 'dead_join' }>): Told {
  const [first] = dead;
  const pointer = `${step.pointer}/depends_on`;
  if (first === undefined) return { pointer, message: `\`${step.id}\` can never run` };
  const way = `${wayTo(plan, first, null)} → ${step.id}`;
  if (off) {
    return { pointer, message: `${listed(dead)} never runs, so \`${step.id}\` never runs either: ${way}` };
  }
  const where = first.work.kind === 'terminate' ? '' : ', by a `terminate` inside it';
  return {
    pointer,
    message: `\`${step.id}\` can never run: \`${first.id}\` ends the execution${where}, so nothing after it can run: ${way}`,
  };
}

function tellApart(plan: Plan, { step, most, apart }: Extract<Finding, { kind: 'apart' }>): Told {
  const count = step.join.kind === 'count' ? step.join.count : 0;
  const { shown, ways } = conditionsOf(plan, step, apart);
  return {
    pointer: `${step.pointer}/join/count`,
    message: `\`${step.id}\` waits for ${count} of ${listed(step.dependsOn.flatMap((each) => plan.steps[each] ?? []))}, but at most ${most} of them can run, ${shown}: ${ways}`,
    ...(most > 0 ? { suggestion: String(most) } : {}),
  };
}

function conditionsOf(plan: Plan, step: PlanStep, apart: readonly Fact[]) {
  const first = apart.slice(0, mostShown);
  const each = first.map((fact) => `\`${plan.steps[fact.by]?.id}\` only when \`${fact.says}\``);
  const rest = apart.length > mostShown ? ' and so on' : '';
  const ways = first.slice(0, 2).map((fact) => wayTo(plan, step, fact.by));
  return { shown: `${each.join(' and ')}${rest}`, ways: ways.join('; ') };
}

function whenOf(plan: Plan, { says, by }: Fact, step: PlanStep): string {
  return by === step.index ? `when \`${says}\`` : `when \`${says}\`, by \`${plan.steps[by]?.id}\``;
}

const mostShown = 4;

function listed(steps: readonly PlanStep[]): string {
  const shown = steps.slice(0, mostShown).map(({ id }) => `\`${id}\``);
  return steps.length > mostShown ? `${shown.join(', ')} and ${steps.length - mostShown} more` : shown.join(', ');
}

/** One way from the start to the step, through the step `via` where that is of the same block. */
function wayTo(plan: Plan, step: PlanStep, via: number | null): string {
  const target = plan.steps[via ?? -1];
  const passes = target !== undefined && target.block === step.block && target !== step;
  const way = passes ? [...back(plan, target, null), ...back(plan, step, target).slice(1)] : back(plan, step, null);
  const ids = way.map(({ id }) => id);
  const shown = ids.length > mostOfWay ? [...ids.slice(0, mostOfWay / 2), '…', ...ids.slice(-mostOfWay / 2)] : ids;
  return ['start', ...shown].join(' → ');
}

const mostOfWay = 12;

/** From a step that starts with its block, or from this one, to the step: by dependencies, the shortest way. */
function back(plan: Plan, step: PlanStep, from: PlanStep | null): readonly PlanStep[] {
  const next = new Map<number, number | null>([[step.index, null]]);
  const pending = [step];
  for (const at of pending) {
    if (from === null ? at.dependsOn.length === 0 : at === from) return follow(plan, at, next);
    for (const each of at.dependsOn) {
      const before = plan.steps[each];
      if (before === undefined || next.has(each)) continue;
      next.set(each, at.index);
      pending.push(before);
    }
  }
  return [step];
}

function follow(plan: Plan, first: PlanStep, next: ReadonlyMap<number, number | null>): readonly PlanStep[] {
  const way: PlanStep[] = [];
  for (let at: PlanStep | undefined = first; at !== undefined; at = plan.steps[next.get(at.index) ?? -1]) way.push(at);
  return way;
}
