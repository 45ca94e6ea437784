/** Doors for workers: what they take, keep, answer and give back. */
import { parseDuration } from '@cloudflow/core/definition/duration.ts';
import type { Json } from '@cloudflow/core/json.ts';
import { problem } from '../../kernel/errors/problem.ts';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import * as schemas from './route-schemas.ts';
import type { Task, Tasks, WorkerLine } from './tasks.ts';

export type TaskRouteDeps = {
  readonly tasks: Tasks;
  /** For people to see who asks for what. */
  readonly noteAsked: (tenantId: string, types: readonly string[]) => Promise<void>;
};

const common = { method: 'POST', auth: { permission: 'task:work' }, tags: ['tasks'] } as const;
const longestWaitMs = 30_000;
const [shortestLeaseMs, usualLeaseMs, longestLeaseMs] = [5_000, 30_000, 600_000] as const;
/** Beside the output itself, which is checked by itself. */
const answerLimit = 4 * 1024 * 1024;

export function taskRoutes({ tasks, noteAsked }: TaskRouteDeps): readonly Route[] {
  return [
    claimRoute(tasks, noteAsked),
    heartbeatRoute(tasks),
    ...answerRoutes(tasks),
    route({
      ...common,
      path: '/tasks/release',
      summary: 'Give tasks back, for another worker',
      description:
        'Of tasks that were not begun, or may be begun again: they are offered again at once, also with `at_most_once`. What the caller does not hold is passed over.',
      body: schemas.releaseBody,
      replies: { 204: 'Given back.' },
      async handle({ body, caller }) {
        await tasks.release(caller.tenantId, body.tasks.map(held));
        return reply(204);
      },
    }),
  ];
}

function claimRoute(tasks: Tasks, noteAsked: TaskRouteDeps['noteAsked']): Route {
  return route({
    ...common,
    path: '/tasks/claim',
    summary: 'Take tasks of some types, and wait for them',
    description:
      'A task is one try of a step. Whoever has it keeps it by heartbeats before `lease_until`, and completes or fails it before ' +
      '`deadline`. By priority of their executions, then the oldest first.',
    body: schemas.claimBody,
    replies: { 200: schemas.claimed },
    async handle({ body, caller: { tenantId }, signal }) {
      const waitMs = between('/wait', body.wait, [0, 0, longestWaitMs]);
      const claim = {
        tenantId,
        worker: body.worker,
        types: shuffled(body.types),
        limit: body.limit ?? 1,
        leaseMs: leaseOf(body.lease),
      };
      const [found] = await Promise.all([tasks.claim(claim, waitMs, signal), noteAsked(tenantId, body.types)]);
      if (!signal.aborted) return reply(200, { tasks: found.map(view) });
      // Who asked has gone: another need not wait until the lease is over.
      await tasks.release(tenantId, found);
      return reply(200, { tasks: [] });
    },
  });
}

function heartbeatRoute(tasks: Tasks): Route {
  return route({
    ...common,
    path: '/tasks/heartbeat',
    summary: 'Keep tasks for another while, and hear which are not wanted any more',
    body: schemas.heartbeatBody,
    replies: { 200: schemas.heartbeats },
    async handle({ body, caller }) {
      await tasks.tell(
        caller.tenantId,
        body.tasks.flatMap((task) => (task.logs === undefined ? [] : { ...held(task), lines: linesOf(task.logs) })),
      );
      const states = await tasks.heartbeat(caller.tenantId, body.tasks.map(held), leaseOf(body.lease));
      return reply(200, {
        tasks: states.map(({ id, state, leaseUntil }) => ({
          id,
          state,
          lease_until: state === 'gone' ? null : (leaseUntil?.toISOString() ?? null),
        })),
      });
    },
  });
}

function answerRoutes(tasks: Tasks): readonly Route[] {
  const late =
    "Once: the same answer again is answered the same; 409 `task_lost` when the task is not the caller's any more, and nothing is changed.";
  return [
    route({
      ...common,
      path: '/tasks/complete',
      summary: 'Say that a task is done, with its output',
      description: late,
      body: schemas.completeBody,
      bodyLimit: answerLimit,
      replies: { 204: 'It is recorded.' },
      async handle({ body, caller }) {
        await tasks.complete(caller.tenantId, held(body), (body.output ?? null) as Json, linesOf(body.logs));
        return reply(204);
      },
    }),
    route({
      ...common,
      path: '/tasks/fail',
      summary: 'Say that a task failed; what follows is what the step says',
      description: late,
      body: schemas.failBody,
      replies: { 204: 'It is recorded.' },
      async handle({ body, caller }) {
        const { code, message, details, retryable = false, retry_after_ms: retryAfterMs } = body.error;
        await tasks.fail(
          caller.tenantId,
          held(body),
          {
            code,
            message,
            retryable,
            ...(details === undefined ? {} : { details: details as { readonly [name: string]: Json } }),
            ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
          },
          linesOf(body.logs),
        );
        return reply(204);
      },
    }),
  ];
}

function linesOf(logs: schemas.Logs = []): readonly WorkerLine[] {
  return logs.map(({ level, message, fields, at }) => ({
    level,
    message,
    ...(fields === undefined ? {} : { fields: fields as { readonly [name: string]: Json } }),
    ...(at === undefined ? {} : { at: Date.parse(at) }),
  }));
}

function held({ id, lease_token: leaseToken }: { readonly id: string; readonly lease_token: string }) {
  return { id, leaseToken };
}

function view({ id, executionId, leaseToken, leaseUntil, deadline, ...task }: Task) {
  return {
    id,
    lease_token: leaseToken,
    lease_until: leaseUntil.toISOString(),
    deadline: deadline.toISOString(),
    timeout_ms: Number(task.timeoutMs),
    type: task.type,
    config: task.config,
    execution_id: executionId,
    workflow_id: task.workflow,
    step: task.path,
    attempt: task.attempt,
    delivery: task.atMostOnce ? 'at_most_once' : 'at_least_once',
    idempotency_key: task.idempotencyKey,
    correlation_id: task.correlationId,
    // All tries of one execution are spans of one trace, whose id anybody can tell from the execution's.
    traceparent: `00-${executionId.replaceAll('-', '')}-${id.replaceAll('-', '').slice(16)}-01`,
  } as const;
}

function leaseOf(text: string | undefined): number {
  return between('/lease', text, [shortestLeaseMs, usualLeaseMs, longestLeaseMs]);
}

function between(
  pointer: string,
  text: string | undefined,
  [least, usual, most]: readonly [number, number, number],
): number {
  if (text === undefined) return usual;
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= least && ms <= most) return ms;
  const message = `Expected a duration from ${least / 1000}s to ${most / 1000}s, such as 20s.`;
  throw problem('invalid_body', { detail: message, errors: [{ pointer, code: 'invalid_value', message }] });
}

/** The queue of no type is always the last to be looked at. */
function shuffled(types: readonly string[]): readonly string[] {
  const from = Math.floor(Math.random() * types.length);
  return [...types.slice(from), ...types.slice(0, from)];
}
