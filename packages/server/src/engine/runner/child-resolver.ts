/** Answers what a `sub_workflow` is to start: the version that it means, an id for the child, and whether the input fits. */
import { childRefusal } from '@cloudflow/core/run/child-refusal.ts';
import type { Effect, Resolution } from '@cloudflow/core/run/contract.ts';
import type { RunKey } from '@cloudflow/core/run/event.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { callRefusal, type WorkflowSource } from '../../workflow/index.ts';
import { firstGate } from '../gates/gate-id.ts';
import type { LiveExecution } from './live.ts';

export type Asked = Extract<Effect, { kind: 'resolve_child' }>;

export type ChildResolverDeps = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly resolveForStart: WorkflowSource['resolveForStart'];
  /** In the shard of the gate that it will ask first, else in one of our shards, when there is one. */
  readonly newId: (now: number, gate: string | null) => string;
  readonly hear: (live: LiveExecution, key: RunKey, answer: Resolution) => void;
};

export type ChildResolver = { resolve(live: LiveExecution, asked: Asked): void };

/** The workflow service could not be asked: its database is away, and nothing could be written of the answer either. */
const AGAIN_AFTER_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

export function createChildResolver({ clock, log, resolveForStart, newId, hear }: ChildResolverDeps): ChildResolver {
  async function answer(live: LiveExecution, { key, workflowId, version, input }: Asked): Promise<Resolution> {
    const found = await resolveForStart(live.tenantId, workflowId, version ?? undefined);
    const caller = live.plan.steps[live.plan.stepIndex.get(key.s) ?? -1];
    const refused = childRefusal(caller, { slug: found.slug, plan: found.plan, input });
    if (refused !== null) return { error: refused };
    const { workflowId: id, versionId, version: name } = found;
    const now = clock.now();
    const executionId = newId(now, firstGate(found.plan, { tenantId: live.tenantId, input }, now));
    return { child: { executionId, workflowId: id, versionId, version: name } };
  }

  function resolve(live: LiveExecution, asked: Asked, tries = 1): void {
    if (live.dropped) return; // its next owner asks again
    answer(live, asked)
      .catch((error: unknown): Resolution => ({ error: callRefusal(error) }))
      .then((given) => hear(live, asked.key, given))
      .catch((error: unknown) => {
        log.warn({ error, tries, execution_id: live.id }, 'a workflow could not be looked up; it is tried again');
        const again = Math.min(LONGEST_PAUSE_MS, AGAIN_AFTER_MS * 2 ** Math.min(tries - 1, 10));
        setTimeout(resolve, again, live, asked, tries + 1).unref();
      });
  }

  return { resolve: (live, asked) => resolve(live, asked) };
}
