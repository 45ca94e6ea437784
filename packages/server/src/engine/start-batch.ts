/** Many starts of one workflow, all or none: each item checked, then stored together. */
import type { Json } from '@cloudflow/core/json.ts';
import { digestOf } from '../kernel/crypto/digest.ts';
import { type ProblemError, problem } from '../kernel/errors/problem.ts';
import type { ResolvedWorkflow, WorkflowSource } from '../workflow/index.ts';
import type { Engine, StartRequest } from './engine.ts';
import { inputOf } from './start-input.ts';

export type BatchItem = {
  readonly input?: Json;
  readonly idempotency_key?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly priority?: number;
  readonly business_key?: string;
};

export type AskedBatch = {
  readonly tenantId: string;
  /** Slug or UUID. */
  readonly workflow: string;
  readonly version: string | undefined;
  readonly items: readonly BatchItem[];
  /** Of the whole request: items without a key of their own are named by it and their place. */
  readonly key: string | undefined;
  readonly correlationId: string;
};

export type StartBatch = (
  asked: AskedBatch,
) => Promise<{ readonly ids: readonly string[]; readonly replayed: boolean }>;

export type StartBatchDeps = {
  readonly engine: Pick<Engine, 'startAll'>;
  readonly workflows: Pick<WorkflowSource, 'resolveForStart'>;
};

/** So many problems are told at once; a thousand of the same help nobody. */
const mostProblems = 100;

/** Throws `not_found`, `workflow_disabled`, `definition_outdated`, `input_invalid`, `idempotency_key_reused`. */
export function createStartBatch({ engine, workflows }: StartBatchDeps): StartBatch {
  return async (asked) => {
    const workflow = await workflows.resolveForStart(asked.tenantId, asked.workflow, asked.version);
    refuseTwins(asked.items);
    allMustFit(workflow, asked.items);
    const result = await engine.startAll(requestsOf(workflow, asked));
    if (result.kind === 'started') return { ids: result.executionIds, replayed: result.replayed };
    const ofItem = asked.items[result.index]?.idempotency_key !== undefined;
    const pointer = ofItem ? `/items/${result.index}/idempotency_key` : '/headers/idempotency-key';
    const message = 'This key started another execution, with another body or workflow.';
    throw problem('idempotency_key_reused', {
      detail: `${message} Nothing was started.`,
      errors: [{ pointer, code: 'idempotency_key_reused', message }],
    });
  };
}

function refuseTwins(items: readonly BatchItem[]): void {
  const seen = new Set<string>();
  const errors: ProblemError[] = [];
  items.forEach(({ idempotency_key: key }, index) => {
    if (key === undefined) return;
    if (seen.has(key)) {
      const message = 'Another item of this batch has the same key; each names one execution.';
      errors.push({ pointer: `/items/${index}/idempotency_key`, code: 'duplicate', message });
    }
    seen.add(key);
  });
  if (errors.length > 0) refuse('Two items of the batch have the same idempotency key.', errors);
}

function allMustFit({ slug, plan }: ResolvedWorkflow, items: readonly BatchItem[]): void {
  const errors: ProblemError[] = [];
  items.forEach((item, index) => {
    if (errors.length >= mostProblems) return;
    for (const error of plan.checkInput(inputOf(item))) {
      errors.push({ ...error, pointer: `/items/${index}/input${error.pointer}` });
    }
  });
  if (errors.length > 0)
    refuse(`Inputs of the batch do not fit the input_schema of ${slug}; nothing was started.`, errors);
}

function refuse(detail: string, errors: readonly ProblemError[]): never {
  throw problem('input_invalid', { detail, errors: errors.slice(0, mostProblems) });
}

function requestsOf(workflow: ResolvedWorkflow, asked: AskedBatch): readonly StartRequest[] {
  const { tenantId, correlationId, key, version = null, items } = asked;
  // Under the key of the request an item is what it is as part of the whole: another batch with that key is another body.
  const whole = key === undefined ? '' : digestOf([workflow.workflowId, version, items as Json]).toString('hex');
  return items.map((item, index) => {
    const { input: _, idempotency_key: ownKey, labels, priority, business_key: businessKey } = item;
    const idempotency =
      ownKey !== undefined
        ? { key: ownKey, hash: digestOf([workflow.workflowId, version, item as Json]) }
        : key !== undefined && { key: `${key}/${index}`, hash: digestOf([whole, index]) };
    return {
      tenantId,
      ...workflow,
      input: inputOf(item),
      ...(labels !== undefined && { labels }),
      ...(priority !== undefined && { priority }),
      ...(businessKey !== undefined && { businessKey }),
      trigger: { type: 'api' },
      ...(idempotency !== false && { idempotency }),
      correlationId,
    };
  });
}
