/**
 * Runs tries: functions in the sandbox, everything else as an action of the registry with a deadline, an abort signal, a
 * checked config and a checked output. Nothing is remembered here: who may try, and what comes after, is the engine's.
 */
import { randomBytes } from 'node:crypto';
import type { Json } from '@cloudflow/core/json.ts';
import type { AttemptError, AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import type { ActionContext, ActionLog } from '@cloudflow/sdk/action.ts';
import { ActionError } from '@cloudflow/sdk/error.ts';
import type { KeepLine } from '../execution-log/index.ts';
import type { Clock } from '../kernel/clock/clock.ts';
import type { Egress } from '../kernel/egress/egress.ts';
import type { Logger } from '../kernel/log/log.ts';
import { createActionHttp } from './action-http.ts';
import { createActionTcp } from './action-tcp.ts';
import type { AttemptObserver, AttemptRequest, AttemptRunner } from './attempt.ts';
import { createConnectionBound } from './connection-bound.ts';
import { aborted, failure, invalidConfig, overloaded, secretNotTaken, unknownAction } from './failed-attempt.ts';
import type { Mask } from './mask.ts';
import { configOf, type FindsOperations, isCall } from './registered-operation.ts';
import type { ActionRegistry, RegisteredAction } from './registry.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { createSlots } from './slots.ts';
import { type OutputLimits, storableOutput } from './storable-output.ts';
import { supervise } from './supervise.ts';
import { createUsedCredentials, type OpensCredentials, type UsedCredentials } from './used-credentials.ts';

export type AttemptLimits = OutputLimits & {
  /** Actions that run at once; functions have the threads of the sandbox. */
  readonly concurrency: number;
  /** Actions that wait for their turn; over it they end with `overloaded`. Their deadline begins when they run. */
  readonly maxWaiting: number;
  /** What an aborted action has to report how far it came. */
  readonly abortGraceMs: number;
};

export const defaultAttemptLimits: AttemptLimits = {
  concurrency: 1_000,
  maxWaiting: 100_000,
  abortGraceMs: 10_000,
  maxOutputBytes: 1024 * 1024,
  maxOutputDepth: 500,
};

export type AttemptRunnerDeps = {
  readonly registry: ActionRegistry;
  readonly sandbox: Sandbox;
  readonly egress: Egress;
  readonly log: Logger;
  readonly clock: Clock;
  readonly openCredential: OpensCredentials;
  readonly findOperation: FindsOperations;
  readonly limits?: Partial<AttemptLimits>;
  readonly observe?: AttemptObserver;
  /** Lines that people find beside the execution. */
  readonly keepLine?: KeepLine;
};

export function createAttemptRunner(deps: AttemptRunnerDeps): AttemptRunner {
  const limits = { ...defaultAttemptLimits, ...deps.limits };
  const slots = createSlots({ slots: limits.concurrency, maxWaiting: limits.maxWaiting });
  const bound = createConnectionBound();
  const closing = new AbortController();
  let running = 0;

  const runAction = async (
    registered: RegisteredAction,
    request: AttemptRequest,
    { signal, credentials }: { readonly signal: AbortSignal; readonly credentials: UsedCredentials },
  ): Promise<AttemptOutcome> => {
    const { input, marker } = request;
    // What it computes would be given back, in a form that no mask knows, and past the hosts that the secret is for.
    if (marker !== undefined && registered.action.effect === 'none') return secretNotTaken(request.type);
    const given = marker === undefined ? input : await credentials.reveal(input, marker);
    const isRegistered = registered.action.registered === true && isCall(given);
    const config = isRegistered ? await configOf(deps.findOperation, request.tenantId, given) : given;
    const problems = registered.checkConfig(config);
    if (problems.length > 0) return invalidConfig(problems);
    const slot = await slots.take(signal);
    if (slot !== 'taken') return slot === 'full' ? overloaded : aborted;
    try {
      return await supervise(
        { timeoutMs: request.timeoutMs, abortGraceMs: limits.abortGraceMs, signal },
        async (inner) => {
          const ownLog = actionLog(deps, request, credentials);
          const { egress } = deps;
          const { tenantId } = request;
          const { tcp, end } = createActionTcp({ egress, bound, tenantId, signal: inner, log: ownLog, credentials });
          const own = { config, credentials, tcp, signal: inner, log: ownLog };
          try {
            return await registered.action.run(contextOf(egress, request, own));
          } finally {
            end();
          }
        },
        (output) => storableOutput(output, limits),
      );
    } finally {
      slots.free();
    }
  };

  const outcomeOf = async (
    request: AttemptRequest,
    signal: AbortSignal,
    credentials: UsedCredentials,
  ): Promise<AttemptOutcome> => {
    if (signal.aborted || closing.signal.aborted) return aborted;
    if (request.type === 'function') return runFunction(deps, request, { signal, limits });
    const registered = deps.registry.find(request.type);
    return registered ? runAction(registered, request, { signal, credentials }) : unknownAction(request.type);
  };

  return {
    async run(request, signal) {
      const startedAt = performance.now();
      running += 1;
      const credentials = createUsedCredentials(deps.openCredential, request.tenantId);
      const ended = await outcomeOf(request, signal, credentials).catch((error: unknown) => {
        if (!(error instanceof ActionError)) logFault(deps.log, request, { error, mask: credentials.mask });
        return failure(error);
      });
      const outcome = credentials.masked(ended);
      running -= 1;
      const label = 'error' in outcome ? outcome.error.code : 'success';
      if ('error' in outcome) tellFailure(deps, request, outcome.error);
      deps.observe?.({ type: request.type, outcome: label, durationMs: performance.now() - startedAt });
      return outcome;
    },
    get running() {
      return running;
    },
    async close() {
      closing.abort();
      await deps.sandbox.close();
    },
  };
}

/** A bug of ours or of a schema: it ends this step, and nothing else. */
function logFault(
  log: Logger,
  { type, executionId, isSensitive }: AttemptRequest,
  { error, mask }: { readonly error: unknown; readonly mask: Mask | null },
): void {
  if (isSensitive)
    return log.error({ action: type, execution_id: executionId }, 'a try of a sensitive step could not be run');
  const shown = mask === null ? error : mask.cutText(error instanceof Error ? String(error.stack) : String(error));
  log.error({ error: shown, action: type, execution_id: executionId }, 'a try could not be run');
}

async function runFunction(
  { sandbox, clock }: AttemptRunnerDeps,
  request: AttemptRequest,
  { signal, limits }: { readonly signal: AbortSignal; readonly limits: OutputLimits },
): Promise<AttemptOutcome> {
  const { code = '', memoryMb = 32, input, timeoutMs, idempotencyKey } = request;
  const run = { code, memoryMb, input, timeoutMs, seed: idempotencyKey, now: clock.now(), signal };
  const outcome = await sandbox.runFunction(run);
  return 'output' in outcome ? storableOutput(outcome.output, limits) : outcome;
}

type Own = Pick<ActionContext<Json>, 'config' | 'tcp' | 'signal' | 'log'> & { readonly credentials: UsedCredentials };

function contextOf(
  egress: Egress,
  request: AttemptRequest,
  { config, credentials, tcp, signal, log }: Own,
): ActionContext<unknown> {
  const { idempotencyKey, correlationId, attempt, timeoutMs } = request;
  return {
    config,
    idempotencyKey,
    http: createActionHttp({ egress, signal, log, credentials }),
    tcp,
    async credential(name) {
      const { type, values } = await credentials.open(name);
      return { type, values };
    },
    signal,
    timeoutMs,
    log,
    correlationId,
    traceparent: traceparent(request.executionId),
    attempt,
  };
}

/** All tries of one execution are spans of one trace, whose id anybody can tell from the execution's. */
function traceparent(executionId: string): string {
  return `00-${executionId.replaceAll('-', '')}-${randomBytes(8).toString('hex')}-01`;
}

/** The ids are put together when a line is written: most tries write none. */
const nothingLogged: ActionLog = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** What an action tells at `debug` is for the log of the process alone: most tries tell something there. */
function actionLog(
  { log, keepLine }: Pick<AttemptRunnerDeps, 'log' | 'keepLine'>,
  request: AttemptRequest,
  credentials: UsedCredentials,
): ActionLog {
  if (request.isSensitive) return nothingLogged;
  const ids = (): object => ({
    tenant_id: request.tenantId,
    execution_id: request.executionId,
    step: request.path,
    attempt: request.attempt,
    action: request.type,
    correlation_id: request.correlationId,
  });
  const write = (level: 'debug' | 'info' | 'warn') => (fields: Readonly<Record<string, Json>>, message: string) => {
    const { mask } = credentials;
    const shown = mask === null ? fields : (mask.value(fields, mask.cutText) as typeof fields);
    const text = mask === null ? message : mask.cutText(message);
    log[level]({ ...shown, ...ids() }, text);
    if (level !== 'debug') keepLine?.({ ...lineOf(request), level, source: 'action', message: text, fields: shown });
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn') };
}

function lineOf({ tenantId, executionId, path: step, attempt }: AttemptRequest) {
  return { tenantId, executionId, step, attempt };
}

/** Masked already. */
function tellFailure({ keepLine }: AttemptRunnerDeps, request: AttemptRequest, { code, message }: AttemptError): void {
  if (request.isSensitive) return;
  keepLine?.({
    ...lineOf(request),
    level: 'warn',
    source: 'engine',
    message: `The try failed with ${code}: ${message}`,
  });
}
