/**
 * What runs the test cases of workflows where there is no server: the actions and the sandbox of the product in a world of
 * mocks. Nothing leaves the process, and no database is needed.
 */
import type { ActionCatalog, Plan } from '@cloudflow/core/definition/plan.ts';
import type { TestRunOptions } from '@cloudflow/core/test-run/contract.ts';
import type { HttpMock } from '@cloudflow/core/test-run/http-mocks.ts';
import { createActions } from '../action/index.ts';
import type { OpenCredential } from '../credential/index.ts';
import { systemClock } from '../kernel/clock/clock.ts';
import { silentLog } from '../kernel/log/log.ts';
import { createMockedEgress, type MockedRun, runMocked } from '../test-run/index.ts';

export type BenchRun = Omit<TestRunOptions, 'tenantId'> & {
  readonly http: readonly HttpMock[];
  /** The workflow that a step calls; undefined: there is none of this name. */
  readonly findWorkflow: (workflowId: string) => Plan | undefined;
  readonly signal: AbortSignal;
};

export type TestBench = {
  readonly actions: ActionCatalog;
  /** Throws the reason of the signal. */
  run(plan: Plan, run: BenchRun): Promise<MockedRun>;
  /** Ends the threads of the sandbox. */
  close(): Promise<void>;
};

const limits = { mostEvents: 100_000, longestMs: 10 * 365 * 86_400_000 };
const tenantId = '00000000-0000-7000-8000-000000000000';
const correlationId = 'test';

export function openTestBench(): TestBench {
  const nowhere = createMockedEgress([], null);
  const { registry, attempts, within } = createActions({
    egress: nowhere,
    log: silentLog,
    clock: systemClock,
    openCredential: standIn,
    // What a tenant has registered is not at hand here.
    findOperation: async () => undefined,
  });

  return {
    actions: registry,
    run: (plan, { http, findWorkflow, signal, ...options }) =>
      runMocked(
        plan,
        { ...options, limits },
        {
          within,
          openCredential: standIn,
          world: null,
          http,
          tenantId,
          correlationId,
          signal,
          findWorkflow: async (id) => findWorkflow(id) ?? { error: unknown(id) },
        },
      ),
    close: attempts.close,
  };
}

/** There are no secrets here: each credential is a token that tells its name. */
async function standIn(_tenantId: string, name: string): Promise<OpenCredential> {
  const token = `stand-in-for-${name}`;
  return { type: 'http_bearer', values: { token }, secrets: [token], allowedHosts: null };
}

function unknown(id: string) {
  return {
    code: 'workflow_unknown',
    message: `There is no workflow ${id}: \`workflows\` of the cases names its file.`,
  };
}
