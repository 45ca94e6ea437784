/** The door of test runs. */
import { parseDuration, parseTimestamp } from '@cloudflow/core/definition/duration.ts';
import { permits } from '@cloudflow/core/policy/permission.ts';
import type { Clock } from '../kernel/clock/clock.ts';
import { problem } from '../kernel/errors/problem.ts';
import { rawJson } from '../kernel/http/reply.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { body, params, tested } from './route-schemas.ts';
import type { TestRuns } from './service.ts';
import { testText } from './test-view.ts';
import type { TestedPlan } from './tested-plan.ts';

export type TestRunRouteDeps = {
  readonly testRuns: TestRuns;
  readonly testedPlan: TestedPlan;
  readonly clock: Clock;
  readonly newId: () => string;
};

export function testRunRoutes({ testRuns, testedPlan, clock, newId }: TestRunRouteDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/workflows/:id/test',
      auth: { permission: 'workflow:write' },
      tags: ['workflows'],
      summary: 'Run a workflow, or steps of it, without an execution',
      description:
        'The definition that is edited runs in virtual time: waits take none. Requests and actions are answered by `mocks`, steps ' +
        'by what is `pinned`; functions run in the sandbox. Nothing is recorded, and nothing is done outside: a step that asks ' +
        'for what nothing answers is refused with `mocks_missing`, which names it, unless `effects` lets it be really done.',
      params,
      body,
      replies: { 200: tested },
      async handle({ params: { id }, body: asked, caller, correlationId, signal }) {
        const { definition, now, signals = [], cancel_at, effects = false, input = {}, mocks = {}, ...part } = asked;
        if (effects && !permits(caller.permissions, 'workflow:execute'))
          throw problem('forbidden', { detail: 'With effects, this needs the permission "workflow:execute", too.' });
        const startAt = parseTimestamp(now) ?? clock.now();
        const finished = await testRuns.run({
          ...part,
          tenantId: caller.tenantId,
          plan: await testedPlan(caller.tenantId, id, definition),
          input,
          mocks,
          signals: signals.map(({ name, at = 0, payload = null }) => ({
            name,
            payload,
            afterMs: parseDuration(at) ?? 0,
          })),
          cancelAfterMs: parseDuration(cancel_at),
          startAt,
          executionId: newId(),
          effects,
          correlationId,
          signal,
        });
        return rawJson(200, testText(finished, { startAt, pinned: part.pinned ?? {} }));
      },
    }),
  ];
}
