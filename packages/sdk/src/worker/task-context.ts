/** What an action gets in a worker. Credentials of the server stay there: a worker finds its own. */
import type { ActionContext, ActionLog, ActionTcp } from '../action.ts';
import type { TasksClaimReply } from '../client/index.ts';
import type { Credential } from '../credential.ts';
import { ActionError } from '../error.ts';
import { createWorkerHttp } from './worker-http.ts';

export type Task = TasksClaimReply['tasks'][number];

export type ContextDeps = {
  readonly fetch: typeof fetch;
  readonly log: ActionLog;
  /** Undefined: there is none of this name. */
  readonly credential: ((name: string) => Promise<Credential | undefined> | Credential | undefined) | undefined;
};

export function contextOf(task: Task, signal: AbortSignal, deps: ContextDeps): ActionContext<unknown> {
  const credential = (name: string) => openCredential(deps.credential, name);
  return {
    config: task.config,
    idempotencyKey: task.idempotency_key,
    http: createWorkerHttp({ fetch: deps.fetch, signal, credential }),
    tcp: noTcp,
    credential,
    signal,
    timeoutMs: task.timeout_ms,
    log: deps.log,
    correlationId: task.correlation_id,
    traceparent: task.traceparent,
    attempt: task.attempt,
  };
}

async function openCredential(find: ContextDeps['credential'], name: string): Promise<Credential> {
  if (find === undefined)
    throw new ActionError(
      `This worker was given no credentials, so none is ${name}: see \`credential\` of createWorker`,
      {
        code: 'credential_unknown',
        details: { credential: name },
      },
    );
  const found = await find(name);
  if (found !== undefined) return found;
  throw new ActionError(`This worker has no credential ${name}`, {
    code: 'credential_unknown',
    details: { credential: name },
  });
}

/** The platform stands between an action and the network in the server; here the action is the network's neighbour itself. */
const refuse = async (): Promise<never> => {
  throw new ActionError('In a worker an action opens its connections by itself; ctx.tcp is of actions in the server', {
    code: 'tcp_unavailable',
  });
};
const noTcp: ActionTcp = { connect: refuse, addressOf: refuse };
