/** Why a workflow that a step calls cannot be started, as the error of that step. */
import type { StepError } from '@cloudflow/core/run/event.ts';
import { Problem } from '../kernel/errors/problem.ts';
import type { StepCode } from '../kernel/errors/step-codes.ts';

const codes: Readonly<Record<string, StepCode>> = {
  not_found: 'workflow_unknown',
  workflow_not_published: 'workflow_unknown',
  workflow_disabled: 'workflow_disabled',
  definition_outdated: 'definition_outdated',
};

/** What stands against the start for good; throws what another try may get over. */
export function callRefusal(error: unknown): StepError {
  const code = error instanceof Problem ? codes[error.code] : undefined;
  if (code === undefined) throw error;
  return { code, message: error instanceof Error ? error.message : String(error) };
}
