/** What saving checks of the plan as a whole: that each step can run, each join can fire, and what is read can be there. */
import { isAlwaysFalse } from '../always-false.ts';
import type { IssueInput, Issues } from '../issues.ts';
import type { Plan, PlanStep } from '../plan.ts';
import type { OutputRead } from '../sources.ts';
import { type Analysis, analyse, type Finding } from './analysis.ts';
import { clashBetween } from './facts.ts';
import { tell } from './words.ts';

export function checkSoundness(plan: Plan, reads: readonly OutputRead[], issues: Issues): void {
  const { findings, known } = analyse(plan, () => false);
  const errors = findings.filter((finding) => !isDoubt(finding));
  for (const finding of errors) issues.error(told(plan, finding));
  if (errors.length > 0) return;
  const off = new Set(plan.steps.filter(isOff));
  const found = off.size === 0 ? { findings, known } : analyse(plan, (step) => off.has(step));
  for (const finding of found.findings) issues.warn({ ...told(plan, finding), code: 'step_never_runs' });
  warnOfNulls(plan, { reads, known: found.known, off }, issues);
}

/** A `default` that no value leads to may be there in case somebody adds to the cases. */
function isDoubt(finding: Finding): boolean {
  return finding.kind === 'dead_case' && finding.at === null;
}

function isOff({ when }: PlanStep): boolean {
  return when !== null && isAlwaysFalse(when);
}

function told(plan: Plan, finding: Finding): IssueInput<'step_never_runs' | 'join_never_satisfied'> {
  return { code: finding.kind === 'apart' ? 'join_never_satisfied' : 'step_never_runs', ...tell(plan, finding) };
}

type Reading = {
  readonly reads: readonly OutputRead[];
  readonly known: Analysis['known'];
  readonly off: ReadonlySet<PlanStep>;
};

/** Outputs of steps that cannot have run where they are read. */
function warnOfNulls(plan: Plan, { reads, known, off }: Reading, issues: Issues): void {
  for (const { pointer, position, id, by } of reads) {
    const read = plan.steps[plan.stepIndex.get(id) ?? -1];
    const reader = plan.steps[by];
    if (read === undefined || reader === undefined) continue;
    const why = off.has(read) ? 'its `when` is always false' : whyNotRun(plan, { read, reader, pointer, known });
    if (why === null) continue;
    issues.warn({
      code: 'output_always_null',
      pointer,
      position,
      message: `\`steps.${id}.output\` is always null here: \`${id}\` cannot have run, ${why}`,
    });
  }
}

type Question = {
  readonly read: PlanStep;
  readonly reader: PlanStep;
  readonly pointer: string;
  readonly known: Analysis['known'];
};

function whyNotRun(plan: Plan, { read, reader, pointer, known }: Question): string | null {
  const here = known.get(reader.index);
  const there = known.get(read.index);
  if (here === undefined || there === undefined) return null;
  const asked = pointer === `${reader.pointer}/when` ? here.joined : here.begun;
  // A handler may have stood for it, when its condition failed.
  const clash = clashBetween(asked, (read.onError.kind === 'handler' ? there.joined : there.begun).values());
  if (clash === null) return null;
  return `it runs only when \`${clash.own.says}\`, and this is reached only when \`${clash.known.says}\`, by \`${plan.steps[clash.known.by]?.id}\``;
}
