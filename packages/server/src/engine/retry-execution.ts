/**
 * From what a person asks of an execution that has ended to the start of another one: what of the first is adopted, on which
 * version, under which keys. The preview and the retry are worked out by the same functions.
 */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import { isSensitive } from '@cloudflow/core/definition/sensitive.ts';
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';
import { type Adopted, adopt } from '@cloudflow/core/run/adopt.ts';
import { type Outlook, outlook } from '@cloudflow/core/run/outlook.ts';
import type { Past } from '@cloudflow/core/run/past.ts';
import { closest } from '@cloudflow/core/text/suggest.ts';
import type { Clock } from '../kernel/clock/clock.ts';
import { digestOf } from '../kernel/crypto/digest.ts';
import type { Database } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import type { ResolvedWorkflow, WorkflowSource } from '../workflow/index.ts';
import { planFor } from './child-trigger.ts';
import type { Engine, StartResult } from './engine.ts';
import type { Reading } from './reading.ts';
import { replayOf } from './replayed-start.ts';
import { mustFit } from './start-input.ts';
import { nextGeneration } from './store/next-generation.ts';
import type { StoredHead } from './store/read.ts';

export type RetryBody = {
  /** `failed`, `start`, the id of a step, or the path of one run of it. */
  readonly from: string;
  readonly version?: 'same' | 'latest';
  readonly input?: Json;
  readonly keep_effect_keys?: boolean;
  readonly force?: boolean;
};

export type AskedRetry = {
  readonly tenantId: string;
  readonly executionId: string;
  readonly by: string;
  readonly body: RetryBody;
  readonly key: string | undefined;
  readonly correlationId: string;
};

export type RetryDeps = {
  readonly engine: Pick<Engine, 'start'>;
  readonly workflows: WorkflowSource;
  readonly reading: Pick<Reading, 'head' | 'past' | 'find' | 'findKey' | 'wasRetriedSince'>;
  readonly database: Database;
  readonly clock: Clock;
};

export type Preview = Outlook & {
  readonly version: string;
  readonly inputEdited: boolean;
  readonly versionChanged: boolean;
  readonly keysKept: boolean;
  readonly undone: readonly string[];
  readonly retriedBefore: boolean;
};

export type Retries = {
  /** What a retry would do, refused as it would be. */
  preview(asked: AskedRetry): Promise<Preview>;
  /** Throws `not_found`, `execution_running`, `nothing_failed`, `unknown_step`, `already_compensated`, and what a start throws. */
  retry(asked: AskedRetry): Promise<Exclude<StartResult, { kind: 'key_reused' }>>;
};

/** What is adopted is one value of the new journal; beyond this it is not taken over. */
const MOST_ADOPTED_CHARACTERS = 32_000_000;

type Prepared = {
  readonly head: StoredHead;
  readonly workflow: ResolvedWorkflow;
  readonly input: Json;
  readonly past: Past;
  /** Null: it begins at the start. */
  readonly adopted: Adopted | null;
};

export function createRetries({ engine, workflows, reading, database, clock }: RetryDeps): Retries {
  async function prepare({ tenantId, executionId, body }: AskedRetry): Promise<Prepared> {
    const head = await reading.head(tenantId, executionId);
    mustHaveEnded(head, body);
    const version = body.version === 'latest' ? undefined : head.version;
    const resolved = await workflows.resolveForStart(tenantId, head.workflowId, version);
    const workflow = { ...resolved, plan: planFor(resolved.plan, JSON.parse(head.triggerText) as Json) };
    const input = body.input === undefined ? (JSON.parse(head.inputText) as Json) : body.input;
    mustFit(workflow, input);
    const past = await reading.past(tenantId, head);
    if (body.from === 'start') return { head, workflow, input, past, adopted: null };
    const adopted = adopt(past, { target: workflow.plan, from: body.from, at: clock.now() });
    mustBeAdoptable(adopted, body, workflow.plan);
    mustStaySensitive(adopted, past.plan, workflow.plan);
    return { head, workflow, input, past, adopted };
  }

  async function generationOf(asked: AskedRetry, { rootId, parentId, generation }: StoredHead): Promise<number> {
    if (asked.body.keep_effect_keys === true) {
      // Its keys name the steps that called it; nothing calls the retry.
      if (parentId !== null)
        throw problem('conflict', {
          detail: 'Another execution called this one: its keys cannot be kept. Retry the caller.',
        });
      return generation;
    }
    const next = await nextGeneration(database, asked.tenantId, rootId);
    if (next === undefined) throw problem('conflict', { detail: 'This execution was retried as often as it can be.' });
    return next;
  }

  /** A repeat answers for its retry, whatever has become of the workflow since. */
  async function startedBefore({ tenantId, key, ...asked }: AskedRetry) {
    const known = key === undefined ? undefined : await reading.findKey(tenantId, key);
    if (known === undefined) return null;
    if (!known.hash.equals(hashOf(asked))) throw keyReused();
    return replayOf(await reading.find(tenantId, known.executionId));
  }

  return {
    async preview(asked) {
      const { head, workflow, past, adopted } = await prepare(asked);
      return {
        ...outlook(past, workflow.plan, adopted?.adoption, clock.now()),
        version: workflow.version,
        inputEdited: asked.body.input !== undefined,
        versionChanged: workflow.versionId !== head.versionId,
        keysKept: asked.body.keep_effect_keys === true,
        undone: adopted?.undone ?? [],
        retriedBefore: await reading.wasRetriedSince(asked.tenantId, head),
      };
    },

    async retry(asked) {
      const earlier = await startedBefore(asked);
      if (earlier !== null) return earlier;
      const { head, workflow, input, adopted } = await prepare(asked);
      const { tenantId, correlationId, key, by, body } = asked;
      const trigger = JSON.parse(head.triggerText) as Json;
      const result = await engine.start({
        tenantId,
        ...workflow,
        input,
        priority: head.priority,
        labels: head.labels,
        ...(head.businessKey !== null && { businessKey: head.businessKey }),
        // Expressions see what started the execution that is retried; where this one begins is read again by whoever begins it.
        trigger: { ...(isJsonObject(trigger) ? trigger : {}), retry: { from: body.from, by } },
        ...(key !== undefined && { idempotency: { key, hash: hashOf(asked) } }),
        correlationId,
        retry: {
          of: head.id,
          rootId: head.rootId,
          generation: await generationOf(asked, head),
          ...(adopted !== null && { adoption: adopted.adoption }),
        },
      });
      if (result.kind === 'key_reused') throw keyReused();
      return result;
    },
  };
}

function mustHaveEnded({ id, status, finishedAt }: StoredHead, { from }: RetryBody): void {
  if (finishedAt === null)
    throw problem('execution_running', {
      detail: `Execution ${id} is ${status}; what has not ended cannot be retried.`,
    });
  if (status === 'COMPLETED' && from === 'failed')
    throw problem('nothing_failed', { detail: `Execution ${id} is COMPLETED: name the step to begin at, or start.` });
}

function mustBeAdoptable({ found, undone, adoption }: Adopted, { from, force }: RetryBody, plan: Plan): void {
  if (!found) throw unknownStep(from, plan);
  if (undone.length > 0 && force !== true) {
    const some = undone.slice(0, 20).join(', ');
    throw problem('already_compensated', {
      detail: `What these steps did was undone when the execution ended: ${some}. Begin at the first of them, or at the start.`,
    });
  }
  let size = 0;
  for (const event of adoption.events) size += JSON.stringify(event).length;
  if (size > MOST_ADOPTED_CHARACTERS)
    throw problem('unstorable_value', {
      detail: 'The recorded outcomes are too large to be adopted: begin at the start.',
    });
}

/** What was encrypted would be adopted in plain text. */
function mustStaySensitive({ adoption }: Adopted, before: Plan, after: Plan): void {
  if (!before.hasSensitive) return;
  for (const event of adoption.events) {
    const id = 's' in event ? event.s : undefined;
    if (id === undefined || !isSensitive(before, id) || isSensitive(after, id)) continue;
    throw problem('conflict', {
      detail: `Step ${id} was sensitive and is not any more in this version, so its outcome is not adopted: begin at the start, or retry on the same version.`,
    });
  }
}

function unknownStep(from: string, plan: Plan) {
  const suggestion = closest(from, ['failed', 'start', ...plan.stepIndex.keys()]);
  const message = `The execution has no step ${from} that it can begin again at.`;
  const error = { pointer: '/from', code: 'unknown_step', message, ...(suggestion !== undefined && { suggestion }) };
  return problem('unknown_step', { detail: message, errors: [error] });
}

/** Over all that a retry asks for. */
function hashOf({ executionId, body }: Pick<AskedRetry, 'executionId' | 'body'>): Buffer {
  return digestOf(['retry', executionId.toLowerCase(), body]);
}

function keyReused() {
  return problem('idempotency_key_reused', { detail: 'This key stands for another start, or for another retry.' });
}
