/** What others see of the action service. */

import { actions } from '@cloudflow/connectors/index.generated.ts';
import type { Action } from '@cloudflow/sdk/action.ts';
import type { KeepLine } from '../execution-log/index.ts';
import type { Clock } from '../kernel/clock/clock.ts';
import type { Egress } from '../kernel/egress/egress.ts';
import type { Logger } from '../kernel/log/log.ts';
import type { AttemptObserver, AttemptRunner } from './attempt.ts';
import { type AttemptLimits, createAttemptRunner, defaultAttemptLimits } from './attempts.ts';
import type { FindsOperations } from './registered-operation.ts';
import { type ActionRegistry, createActionRegistry } from './registry.ts';
import { createSandbox, defaultSandboxLimits } from './sandbox/sandbox.ts';
import type { OpensCredentials } from './used-credentials.ts';

export type { Action } from '@cloudflow/sdk/action.ts';
export type { AttemptObserver, AttemptRequest, AttemptRunner } from './attempt.ts';
export { defaultAttemptLimits } from './attempts.ts';
export { fewestCharacters, hidden } from './mask.ts';
export type { FindsOperations, RegisteredOperation } from './registered-operation.ts';
export type { ActionRegistry } from './registry.ts';
export { storableOutput } from './storable-output.ts';
export { createTryCredential } from './try-credential.ts';
export type { OpensCredentials } from './used-credentials.ts';

export type ActionsDeps = {
  readonly egress: Egress;
  readonly log: Logger;
  readonly clock: Clock;
  readonly openCredential: OpensCredentials;
  readonly findOperation: FindsOperations;
  readonly limits?: Partial<AttemptLimits> & { readonly functionThreads?: number };
  readonly observe?: AttemptObserver;
  readonly keepLine?: KeepLine;
  /** Beside those that come with the server. */
  readonly moreActions?: readonly Action[];
};

export type Actions = {
  /** What `compile` and the palette read. */
  readonly registry: ActionRegistry;
  readonly attempts: AttemptRunner;
  /** The same actions and the same sandbox in other surroundings: for what is not to touch the world. */
  within(surroundings: Surroundings): Pick<AttemptRunner, 'run'>;
};

export type Surroundings = Pick<ActionsDeps, 'egress' | 'log' | 'clock' | 'openCredential'> & {
  /** What an aborted action has to report how far it came. */
  readonly abortGraceMs: number;
};

/** The actions that come with the server, ready to run. The egress stays the caller's to close. */
export function createActions({
  egress,
  log,
  clock,
  openCredential,
  findOperation,
  limits = {},
  observe,
  keepLine,
  moreActions = [],
}: ActionsDeps): Actions {
  const registry = createActionRegistry([...actions, ...moreActions]);
  const maxResultBytes = limits.maxOutputBytes ?? defaultAttemptLimits.maxOutputBytes;
  const threads = limits.functionThreads ?? defaultSandboxLimits.threads;
  const sandbox = createSandbox({ log, limits: { threads, maxResultBytes } });
  const attempts = createAttemptRunner({
    registry,
    sandbox,
    egress,
    log,
    clock,
    openCredential,
    findOperation,
    limits,
    ...(observe ? { observe } : {}),
    ...(keepLine ? { keepLine } : {}),
  });
  return {
    registry,
    attempts,
    within: ({ abortGraceMs, ...surroundings }) =>
      createAttemptRunner({ registry, sandbox, findOperation, ...surroundings, limits: { ...limits, abortGraceMs } }),
  };
}
