/** What others see of test runs. */
export { testRunRoutes } from './routes.ts';
export { createTestRuns } from './service.ts';
export { createTestedPlan } from './tested-plan.ts';
