import type { Json } from '@cloudflow/core/json.ts';
import { type Action, type ActionContext, ActionError, defineAction, RetryableError } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import type { OpenCredential } from '../credential/index.ts';
import { createEgress } from '../kernel/egress/egress.ts';
import { silentLog } from '../kernel/log/log.ts';
import type { AttemptObserver, AttemptRequest, AttemptRunner } from './attempt.ts';
import { type AttemptLimits, createAttemptRunner } from './attempts.ts';
import { createActionRegistry } from './registry.ts';
import { createSandbox } from './sandbox/sandbox.ts';

const runners: AttemptRunner[] = [];
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.close()));
});

/** An action of the type `try`, that does what the test says. */
function actionThat(run: (context: ActionContext<unknown>) => unknown, effect: Action['effect'] = 'external'): Action {
  return defineAction({
    type: 'try',
    title: 'Try',
    description: 'Does what the test says.',
    version: 1,
    errors: [],
    defaultTimeoutMs: 1_000,
    effect,
    config: Type.Object({ secret: Type.Optional(Type.String()) }, { additionalProperties: false }),
    output: Type.Unknown(),
    run: async (context) => run(context),
  });
}

/** The credentials of the tenant. */
const vault: Readonly<Record<string, OpenCredential>> = {
  KEY: { type: 'generic', values: { value: 'canary/"secret"+1' }, secrets: ['canary/"secret"+1'], allowedHosts: null },
  TWO: { type: 'aws', values: {}, secrets: ['first-secret', 'second-secret'], allowedHosts: null },
};

type Setup = { limits?: Partial<AttemptLimits>; observe?: AttemptObserver; effect?: Action['effect'] };

function runnerOf(
  run: (context: ActionContext<unknown>) => unknown,
  { limits, observe, effect }: Setup = {},
): AttemptRunner {
  const runner = createAttemptRunner({
    registry: createActionRegistry([actionThat(run, effect)]),
    findOperation: async () => undefined,
    sandbox: createSandbox({ log: silentLog }),
    egress: createEgress({ allow: [] }),
    log: silentLog,
    clock: { now: () => 1_700_000_000_000 },
    openCredential: async (_tenantId, name) => vault[name],
    ...(limits ? { limits } : {}),
    ...(observe ? { observe } : {}),
  });
  runners.push(runner);
  return runner;
}

function request(rest: Partial<AttemptRequest> = {}): AttemptRequest {
  return {
    kind: 'attempt',
    type: 'try',
    key: { s: 'a' },
    path: 'a',
    attempt: 1,
    input: {},
    timeoutMs: 2_000,
    idempotencyKey: 'k',
    free: false,
    recordFirst: false,
    executionId: '01936f0e-0000-7000-8000-000000000001',
    tenantId: 't',
    correlationId: 'c',
    ...rest,
  };
}

const never = new AbortController().signal;
const forever = (): Promise<never> => new Promise(() => undefined);

describe('a try', () => {
  it('gives the action its config, key, attempt and correlation, and gives back the output', async () => {
    const runner = runnerOf(({ config, idempotencyKey, attempt, correlationId }) => ({
      config,
      idempotencyKey,
      attempt,
      correlationId,
    }));
    const outcome = await runner.run(request({ input: { secret: 's' }, attempt: 3 }), never);
    expect(outcome).toEqual({
      output: { config: { secret: 's' }, idempotencyKey: 'k', attempt: 3, correlationId: 'c' },
    });
  });

  it('is a span of the trace of its execution, one of its own', async () => {
    const runner = runnerOf(({ traceparent }) => traceparent);
    const spans = await Promise.all([1, 2].map(() => runner.run(request(), never)));
    for (const span of spans)
      expect(JSON.stringify(span)).toMatch(/00-01936f0e000070008000000000000001-[0-9a-f]{16}-01/);
    expect(spans[0]).not.toEqual(spans[1]);
  });

  it.each<[string, unknown, Json]>([
    [
      'a terminal error',
      new ActionError('no', { code: 'http_status', details: { status: 404 } }),
      { code: 'http_status', message: 'no', retryable: false, details: { status: 404 } },
    ],
    [
      'a retryable error',
      new RetryableError('busy', { code: 'network', afterMs: 5 }),
      { code: 'network', message: 'busy', retryable: true, retryAfterMs: 5 },
    ],
    ['any other error', new Error('bug'), { code: 'action_error', message: 'bug', retryable: false }],
    ['no error at all', 'text', { code: 'action_error', message: 'The action threw text', retryable: false }],
    ['nothing', undefined, { code: 'action_error', message: 'The action threw undefined', retryable: false }],
    [
      'what has no text',
      Object.create(null),
      { code: 'action_error', message: 'The action threw a value that cannot be shown', retryable: false },
    ],
  ])('fails cleanly when the action throws %s', async (_what, thrown, error) => {
    const fail = (): never => {
      throw thrown;
    };
    expect(await runnerOf(fail).run(request(), never)).toEqual({ error });
  });

  it('survives an action that throws before it returns a promise', async () => {
    const action: Action = {
      ...actionThat(() => null),
      run: () => {
        throw new Error('at once');
      },
    };
    const runner = createAttemptRunner({
      findOperation: async () => undefined,
      registry: createActionRegistry([action]),
      sandbox: createSandbox({ log: silentLog }),
      openCredential: async () => undefined,
      egress: createEgress({ allow: [] }),
      log: silentLog,
      clock: { now: () => 0 },
    });
    expect(await runner.run(request(), never)).toMatchObject({ error: { code: 'action_error', message: 'at once' } });
    await runner.close();
  });

  it('fails when the config does not fit, with the place and never the value', async () => {
    const outcome = await runnerOf(() => 1).run(request({ input: { secret: 42, other: 'canary' } }), never);
    expect(outcome).toMatchObject({
      error: { code: 'config_invalid', retryable: false, details: { pointer: '/other' } },
    });
    expect(JSON.stringify(outcome)).not.toMatch(/42|canary/);
  });

  it('fails when there is no such action', async () => {
    expect(await runnerOf(() => 1).run(request({ type: 'gone' }), never)).toMatchObject({
      error: { code: 'action_unknown', retryable: false },
    });
  });

  it.each([
    ['unstorable_value', () => Number.NaN],
    ['output_too_large', () => 'x'.repeat(2 * 1024 * 1024)],
  ])('fails with %s rather than bring a bad value near the journal', async (code, run) => {
    expect(await runnerOf(run).run(request(), never)).toMatchObject({ error: { code, retryable: false } });
  });

  it('ends at its deadline, though the action ignores it, and then frees its slot', async () => {
    const signals: AbortSignal[] = [];
    const runner = runnerOf(
      ({ signal }) => {
        signals.push(signal);
        return signals.length === 1 ? forever() : 'next';
      },
      { limits: { concurrency: 1 } },
    );
    expect(await runner.run(request({ timeoutMs: 20 }), never)).toMatchObject({
      error: { code: 'timeout', retryable: true },
    });
    expect(signals[0]?.aborted).toBe(true);
    expect(await runner.run(request(), never)).toEqual({ output: 'next' });
  });

  it('keeps a deadline beyond what a timer can be set to', async () => {
    expect(await runnerOf(async () => 'done').run(request({ timeoutMs: 400 * 86_400_000 }), never)).toEqual({
      output: 'done',
    });
  });

  it('is aborted by its signal: before, while it waits, and while it runs', async () => {
    const aborter = new AbortController();
    let begun = 0;
    const untilAborted = ({ signal }: ActionContext<unknown>): Promise<never> => {
      begun += 1;
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const runner = runnerOf(untilAborted, { limits: { concurrency: 1 } });
    const ended = [runner.run(request(), aborter.signal), runner.run(request(), aborter.signal)];
    await expect.poll(() => begun).toBe(1);
    aborter.abort();
    const late = runner.run(request(), aborter.signal);
    for (const outcome of await Promise.all([...ended, late])) {
      expect(outcome).toMatchObject({ error: { code: 'aborted' } });
    }
    expect({ begun, running: runner.running }).toEqual({ begun: 1, running: 0 });
  });

  it('is not begun when its signal fires before its turn', async () => {
    const aborter = new AbortController();
    let begun = 0;
    const runner = runnerOf(() => {
      begun += 1;
    });
    const ended = runner.run(request(), aborter.signal);
    aborter.abort();
    expect(await ended).toMatchObject({ error: { code: 'aborted' } });
    expect(begun).toBe(0);
  });

  it('that succeeded all the same within the grace is a success; one that says nothing is aborted after it', async () => {
    const aborter = new AbortController();
    let begun = 0;
    const run = ({ signal, config }: ActionContext<unknown>): Promise<unknown> => {
      begun += 1;
      if ('secret' in (config as object)) return forever();
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve('done')));
    };
    const runner = runnerOf(run, { limits: { abortGraceMs: 20 } });
    const ended = [request(), request({ input: { secret: 's' } })].map((one) => runner.run(one, aborter.signal));
    await expect.poll(() => begun).toBe(2);
    aborter.abort();
    expect(await Promise.all(ended)).toMatchObject([{ output: 'done' }, { error: { code: 'aborted' } }]);
  });

  it('of a function runs in the sandbox with the clock of the process, and its output is checked like any other [X4]', async () => {
    const runner = runnerOf(() => 1);
    const call = (code: string) => runner.run(request({ type: 'function', code, input: { n: 1 } }), never);
    expect(await call('export default (input, ctx) => [input.n, ctx.now]')).toEqual({ output: [1, 1_700_000_000_000] });
    const deep = await call('export default () => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return a; }');
    expect(deep).toMatchObject({ error: { code: 'unstorable_value' } });
  });
});

describe('the runner', () => {
  it('runs a bounded number at once, in the order they came, and refuses what is over the line', async () => {
    const begun: unknown[] = [];
    const open: (() => void)[] = [];
    const runner = runnerOf(
      ({ attempt }) =>
        new Promise((resolve) => {
          begun.push(attempt);
          open.push(() => resolve(attempt));
        }),
      { limits: { concurrency: 2, maxWaiting: 1 } },
    );
    const tries = [1, 2, 3, 4].map((attempt) => runner.run(request({ attempt }), never));
    expect(await tries[3]).toMatchObject({ error: { code: 'overloaded', retryable: true, retryAfterMs: 1_000 } });
    expect(begun).toEqual([1, 2]);
    expect(runner.running).toBe(3);
    open[0]?.();
    expect(await tries[0]).toEqual({ output: 1 });
    await expect.poll(() => begun).toEqual([1, 2, 3]);
    for (const finish of open) finish();
    expect(await Promise.all(tries.slice(1, 3))).toEqual([{ output: 2 }, { output: 3 }]);
    expect(runner.running).toBe(0);
  });

  it('tells how each try ended', async () => {
    const seen: string[] = [];
    const runner = runnerOf(() => 1, {
      observe: ({ type, outcome, durationMs }) => seen.push(`${type} ${outcome} ${durationMs >= 0}`),
    });
    await runner.run(request(), never);
    await runner.run(request({ type: 'gone' }), never);
    expect(seen).toEqual(['try success true', 'gone action_unknown true']);
  });

  it('begins nothing more once it is closed', async () => {
    const runner = runnerOf(() => 1);
    await runner.close();
    expect(await runner.run(request(), never)).toMatchObject({ error: { code: 'aborted' } });
  });
});

describe('secrets of a try', () => {
  const secret = 'canary/"secret"+1';
  const withKey = { input: { secret: 'a ${secrets.KEY#m} b' }, marker: 'm' };

  it('are not given to what only computes, and would give them back in another form', async () => {
    let ran = false;
    const runner = runnerOf(() => (ran = true), { effect: 'none' });
    const refused = { error: { code: 'credential_unusable', retryable: false } };
    expect(await runner.run(request(withKey), never)).toMatchObject(refused);
    expect(ran).toBe(false);
    expect(await runner.run(request(), never)).toEqual({ output: true });
  });

  it('are put in their place when it runs, and masked in its output', async () => {
    let seen: unknown;
    const runner = runnerOf(async ({ config }) => {
      seen = config;
      return { echo: JSON.stringify(config), [secret]: encodeURIComponent(secret) };
    });
    expect(await runner.run(request(withKey), never)).toEqual({
      output: { echo: '{"secret":"a *** b"}', '***': '***' },
    });
    expect(seen).toEqual({ secret: `a ${secret} b` });
  });

  it('are masked in its error, also when that is cut off in the middle [S074 S076]', async () => {
    const runner = runnerOf(async () => {
      throw new ActionError(`${'x'.repeat(1_992)}${secret}`, { code: 'http_status', details: { url: `?k=${secret}` } });
    });
    const outcome = await runner.run(request(withKey), never);
    expect(outcome).toMatchObject({ error: { code: 'http_status', details: { url: '?k=***' } } });
    expect(JSON.stringify(outcome)).not.toContain('canary');
  });

  it('stay what they are in data that only looks like a secret [S052]', async () => {
    const runner = runnerOf(async ({ config }) => config);
    const input = { secret: '${secrets.KEY#other} ${secrets.KEY}' };
    expect(await runner.run(request({ input, marker: 'm' }), never)).toEqual({ output: input });
    expect(await runner.run(request({ input }), never)).toEqual({ output: input });
  });

  it('that do not exist, or are not one text, end it with a code', async () => {
    const runner = runnerOf(async () => null);
    const ask = (name: string) =>
      runner.run(request({ input: { secret: `\${secrets.${name}#m}` }, marker: 'm' }), never);
    expect(await ask('NONE')).toMatchObject({
      error: { code: 'credential_unknown', retryable: false, details: { credential: 'NONE' } },
    });
    expect(await ask('TWO')).toMatchObject({ error: { code: 'credential_unusable' } });
  });

  it('are masked when the action itself opens a credential', async () => {
    const runner = runnerOf(async ({ credential }) => ({ got: (await credential('KEY')).values['value'] ?? null }));
    expect(await runner.run(request(), never)).toEqual({ output: { got: '***' } });
  });
});
