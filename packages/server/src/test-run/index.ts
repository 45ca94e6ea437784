/** What others see of test runs. */
export { createMockedEgress } from './mocked-egress.ts';
export { type MockedRun, runMocked } from './mocked-run.ts';
export { testRunRoutes } from './routes.ts';
export { createTestRuns } from './service.ts';
export { createTestedPlan } from './tested-plan.ts';
