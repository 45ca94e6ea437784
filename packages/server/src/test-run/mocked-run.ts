/** One test run in a world of mocks. */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { TestRun, TestRunOptions } from '@cloudflow/core/test-run/contract.ts';
import type { HttpMock } from '@cloudflow/core/test-run/http-mocks.ts';
import type { Actions, OpensCredentials } from '../action/index.ts';
import type { Egress } from '../kernel/egress/egress.ts';
import { silentLog } from '../kernel/log/log.ts';
import { createVirtualClock, type Driving, drive } from './drive.ts';
import { createHiddenSecrets } from './hidden-secrets.ts';
import { createMockedEgress } from './mocked-egress.ts';

export type MockedRun = {
  readonly run: TestRun;
  /** The places of the mocks of requests that nothing asked for. */
  readonly unusedHttp: readonly number[];
};

export type Surroundings = Pick<Driving, 'findWorkflow' | 'correlationId' | 'signal'> & {
  readonly within: Actions['within'];
  readonly openCredential: OpensCredentials;
  /** Where what no mock answers is sent; null: nowhere. */
  readonly world: Egress | null;
  readonly http: readonly HttpMock[];
  readonly tenantId: string;
};

/** A step that is stopped with its test run has so long to report. */
const abortGraceMs = 1_000;

export async function runMocked(
  plan: Plan,
  options: TestRunOptions,
  { within, openCredential, world, http, ...driving }: Surroundings,
): Promise<MockedRun> {
  const { open, hide } = createHiddenSecrets(openCredential);
  const egress = createMockedEgress(http, world, hide);
  const clock = createVirtualClock(options.startAt);
  const attempts = within({ egress, log: silentLog, clock, openCredential: open, abortGraceMs });
  const run = await drive(plan, { ...options, tenantId: driving.tenantId }, { ...driving, attempts, egress, clock });
  return { run, unusedHttp: egress.unused() };
}
