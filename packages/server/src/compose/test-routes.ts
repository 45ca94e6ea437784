/** Test runs use what executions use, but for the way out. */
import type { Actions } from '../action/index.ts';
import type { Credentials } from '../credential/index.ts';
import { systemClock } from '../kernel/clock/clock.ts';
import type { Egress } from '../kernel/egress/egress.ts';
import type { Route } from '../kernel/http/route.ts';
import { createTestedPlan, createTestRuns, testRunRoutes } from '../test-run/index.ts';
import type { Resolver, Workflows } from '../workflow/index.ts';

export type TestDeps = {
  readonly actions: Pick<Actions, 'within'>;
  readonly egress: Egress;
  readonly credentials: Pick<Credentials, 'open'>;
  readonly resolver: Pick<Resolver, 'resolveForStart'>;
  readonly workflows: Pick<Workflows, 'drafts' | 'catalogOf'>;
  readonly newId: () => string;
};

export function testRoutes({ actions, egress, credentials, resolver, workflows, newId }: TestDeps): readonly Route[] {
  const { within } = actions;
  return testRunRoutes({
    testRuns: createTestRuns({ within, egress, openCredential: credentials.open, workflows: resolver }),
    testedPlan: createTestedPlan({ catalogOf: workflows.catalogOf, readDraft: workflows.drafts.find }),
    clock: systemClock,
    newId,
  });
}
