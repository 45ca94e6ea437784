/** What stands against a workflow being called by a step: said by whoever knows both of them. */
import type { Plan, PlanStep } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import type { StepError } from './event.ts';

/** More of them would only make the error of the step larger. */
const MOST_PROBLEMS = 20;

export type ChildCall = { readonly slug: string; readonly plan: Plan; readonly input: Json };

/** Null when the step may call it with this input. */
export function childRefusal(caller: PlanStep | undefined, { slug, plan, input }: ChildCall): StepError | null {
  const work = caller?.work;
  if (plan.hidesOutput && work?.kind === 'sub_workflow' && work.wait) return hidden(slug);
  const problems = plan.checkInput(input);
  return problems.length === 0 ? null : misfit(slug, problems.slice(0, MOST_PROBLEMS));
}

/** Its caller would keep the output in plain text, as that of any other step. */
function hidden(slug: string): StepError {
  const message = `The output of ${slug} takes from a sensitive step, and is given to no other execution.`;
  return { code: 'child_output_sensitive', message };
}

function misfit(slug: string, problems: ReturnType<Plan['checkInput']>): StepError {
  const first = problems[0];
  return {
    code: 'input_invalid',
    message: `The input does not fit the input_schema of ${slug}: ${first?.pointer || 'it'} ${first?.message}`,
    details: { problems: problems.map((each) => ({ ...each })) },
  };
}
