/**
 * From what a caller asks to a start that the engine takes: the workflow resolved, the input checked, the idempotency key
 * bound to what is asked. With warm caches there is no database call here, and without a key nothing is hashed.
 */
import type { Json } from '@cloudflow/core/json.ts';
import { digestOf } from '../kernel/crypto/digest.ts';
import { problem } from '../kernel/errors/problem.ts';
import type { ResolvedWorkflow, WorkflowSource } from '../workflow/index.ts';
import type { Engine, StartOptions, StartResult } from './engine.ts';
import type { Reading } from './reading.ts';
import { replayOf } from './replayed-start.ts';
import { inputOf, mustFit } from './start-input.ts';

export type StartBody = {
  readonly input?: Json;
  readonly version?: string;
  readonly priority?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly business_key?: string;
};

export type Asked = {
  readonly tenantId: string;
  /** Slug or UUID. */
  readonly workflow: string;
  readonly body: StartBody;
  readonly key: string | undefined;
  readonly correlationId: string;
};

export type Begun = Exclude<StartResult, { kind: 'key_reused' }>;

export type StartExecution = (asked: Asked, options: StartOptions) => Promise<Begun>;

export type StartDeps = {
  readonly engine: Pick<Engine, 'start'>;
  readonly workflows: WorkflowSource;
  readonly reading: Pick<Reading, 'find' | 'findKey'>;
};

/**
 * Throws `not_found`, `workflow_disabled`, `definition_outdated`, `input_invalid`, `idempotency_key_reused`, `overloaded`.
 */
export function createStartExecution({ engine, workflows, reading }: StartDeps): StartExecution {
  return async (asked, options) => {
    let workflow: ResolvedWorkflow;
    try {
      workflow = await workflows.resolveForStart(asked.tenantId, asked.workflow, asked.body.version);
      mustFit(workflow, inputOf(asked.body));
    } catch (refusal) {
      const earlier = await startedBefore(asked, { workflows, reading });
      if (earlier) return earlier;
      throw refusal;
    }
    const { tenantId, correlationId, key, body } = asked;
    const result = await engine.start(
      {
        tenantId,
        ...workflow,
        input: inputOf(asked.body),
        ...(body.priority !== undefined && { priority: body.priority }),
        ...(body.labels !== undefined && { labels: body.labels }),
        ...(body.business_key !== undefined && { businessKey: body.business_key }),
        trigger: { type: 'api' },
        ...(key !== undefined && { idempotency: { key, hash: hashOf(workflow.workflowId, asked) } }),
        correlationId,
      },
      options,
    );
    if (result.kind === 'key_reused') throw keyReused();
    return result;
  };
}

/**
 * A start that is refused now may be the repeat of one that was accepted, before the workflow was disabled, deleted or got
 * another schema: the key still answers for its execution. What has not ended is not waited for on this rare path.
 */
async function startedBefore(asked: Asked, { workflows, reading }: Omit<StartDeps, 'engine'>): Promise<Begun | null> {
  const { tenantId, key } = asked;
  if (key === undefined) return null;
  const [workflowIds, known] = await Promise.all([
    workflows.idsOf(tenantId, asked.workflow),
    reading.findKey(tenantId, key),
  ]);
  if (workflowIds.length === 0 || !known) return null;
  if (!workflowIds.some((id) => known.hash.equals(hashOf(id, asked)))) throw keyReused();
  return replayOf(await reading.find(tenantId, known.executionId));
}

/** Over all that a start asks for: with one key, everything has to be the same but the time it is asked. */
function hashOf(workflowId: string, asked: Asked): Buffer {
  const { input: _, ...rest } = asked.body;
  return digestOf([workflowId, inputOf(asked.body), rest]);
}

function keyReused() {
  return problem('idempotency_key_reused', {
    detail: 'This key started another execution, with another body or workflow.',
  });
}
