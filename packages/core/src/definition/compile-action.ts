/** An action step: its config against the schema of its type, its retry policy, its timeout. */
import type { Expression, Template } from '../expression/expression.ts';
import type { Json, JsonObject } from '../json.ts';
import { checkConstants } from './constant-fields.ts';
import { checkCredential, secretsIn } from './credential-names.ts';
import type { RetryDocument } from './document.ts';
import type { Issues } from './issues.ts';
import { type CompiledSchema, compileValid } from './json-schema/compile-schema.ts';
import type { LaidStep } from './layout.ts';
import { mayDiffer } from './may-differ.ts';
import { warnOfSecrets } from './plain-secret.ts';
import type { ActionShape, Work } from './plan.ts';
import { isRegistered, registeredConfig } from './registered-operation.ts';
import { warnOfRepeatedPost } from './repeated-post.ts';
import { checkRetry, resolveRetry } from './retry-policy.ts';
import { commonDefinitions } from './schema/value-schemas.ts';
import { readTimeout } from './timeout.ts';
import type { View } from './view.ts';
import type { Workshop } from './workshop.ts';

type Compiling = { readonly when: Expression | null; readonly view: View; readonly workshop: Workshop };

/** `timeout` and `retry` may also stand in the config, as in the example of the architecture document. */
const lifted = ['timeout', 'retry'] as const;

export function compileAction(
  step: LaidStep,
  action: ActionShape,
  { when, view, workshop }: Compiling,
): { readonly work: Work; readonly timeoutMs: number } {
  const { document, sources, issues, stepTimeoutMs } = workshop;
  const { timeout, retry } = lift(step, issues);
  const own = Object.fromEntries(Object.entries(step.config).filter(([key]) => key !== 'timeout' && key !== 'retry'));
  const registered = isRegistered(action, own);
  const config = registered ? registeredConfig(step) : own;
  const pointer = `${step.pointer}/config`;
  if (!registered) checkConfig(config, action, { pointer, issues });
  warnOfSecrets(config, pointer, issues);
  warnOfRepeatedPost(step, config, issues);
  const template = sources.template(pointer, config, { ...view, names: [...view.names, 'secrets'] });
  checkCredential(config, pointer, issues);
  checkConstants(config, action, { pointer, issues });
  const timeoutMs = readTimeout(timeout.value, timeout.pointer, issues) ?? stepTimeoutMs ?? action.defaultTimeoutMs;
  checkRetry(retry.value, retry.pointer, issues);
  const secrets = secretsIn(template);
  if (action.byWorker === true && secrets.length > 0) refuseSecrets(template, pointer, issues);
  return {
    timeoutMs,
    work: {
      kind: 'action',
      config: template,
      retry: resolveRetry(retry.value, document.retry),
      delivery: step.document.delivery ?? 'at_least_once',
      recordInput: mayDiffer(template) || (when !== null && mayDiffer(when)),
      byWorker: action.byWorker === true,
      registered,
      secrets,
    },
  };
}

/** A secret stays where the hosts that it may be sent to are looked after; a worker has its own. */
function refuseSecrets({ references }: Template, pointer: string, issues: Issues): void {
  const use = references.find(({ name }) => name === 'secrets');
  issues.error({
    code: 'secret_for_worker',
    pointer: `${pointer}${use?.pointer ?? ''}`,
    message: 'a worker is given no secrets of the server: let it read what it needs where it runs',
  });
}

type Placed<T> = { readonly value: T | undefined; readonly pointer: string };
type Lifted = { readonly timeout: Placed<number | string>; readonly retry: Placed<RetryDocument> };

function lift(step: LaidStep, issues: Issues): Lifted {
  const { document, config, pointer } = step;
  for (const field of lifted) {
    if (document[field] === undefined || config[field] === undefined) continue;
    issues.error({
      code: 'conflicting_fields',
      pointer: `${pointer}/config/${field}`,
      message: `\`${field}\` stands on the step and in its config; keep one`,
    });
  }
  const inner = checkLifted(config, `${pointer}/config`, issues);
  return {
    timeout:
      document.timeout === undefined
        ? { value: inner.timeout, pointer: `${pointer}/config/timeout` }
        : { value: document.timeout, pointer: `${pointer}/timeout` },
    retry:
      document.retry === undefined
        ? { value: inner.retry, pointer: `${pointer}/config/retry` }
        : { value: document.retry, pointer: `${pointer}/retry` },
  };
}

const liftedSchema = compileValid({
  properties: { timeout: { $ref: '#/$defs/duration' }, retry: { $ref: '#/$defs/retry' } },
  $defs: commonDefinitions,
});

function checkLifted(
  config: JsonObject,
  pointer: string,
  issues: Issues,
): { readonly timeout?: number | string; readonly retry?: RetryDocument } {
  const found = Object.fromEntries(
    lifted.flatMap((field) => (config[field] === undefined ? [] : [[field, config[field] as Json] as const])),
  );
  const problems = liftedSchema.check(found);
  for (const problem of problems) issues.error({ ...problem, pointer: pointer + problem.pointer });
  return problems.length > 0 ? {} : (found as { readonly timeout?: number | string; readonly retry?: RetryDocument });
}

/** Schemas of actions live as long as the registry; each is compiled once. */
const compiledSchemas = new WeakMap<JsonObject, CompiledSchema>();

function checkConfig(
  config: JsonObject,
  { configSchema }: ActionShape,
  { pointer, issues }: { pointer: string; issues: Issues },
): void {
  if (typeof configSchema !== 'object' || configSchema === null) return;
  const key = configSchema as JsonObject;
  const schema = compiledSchemas.get(key) ?? compileValid(key);
  compiledSchemas.set(key, schema);
  for (const problem of schema.check(config, { templates: true }))
    issues.error({ ...problem, pointer: pointer + problem.pointer });
}
