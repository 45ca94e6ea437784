/**
 * What happens while a process is killed at a crash point: small workflows, and clients as they should be, who ask again, with
 * the same key, until they are answered. A play goes on through the death of the product, on the same address.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { EffectSink } from './effect-sink.ts';
import { after, effect } from './stage.ts';

export type Client = (
  method: string,
  path: string,
  body?: unknown,
  key?: string,
) => Promise<{ readonly status: number; readonly replayed: boolean; readonly json: ExecutionBody }>;

type ExecutionBody = {
  readonly execution_id: string;
  readonly execution_ids: readonly string[];
  readonly status: string;
  readonly wait_reason: string | null;
  readonly output: unknown;
  readonly error: { readonly code: string } | null;
};

/** The executions that were acknowledged. A second call with the same key is the client that asks again. */
export type Play = {
  run(ask: Client, key: string): Promise<readonly string[]>;
  readonly ends: { readonly status: string; readonly output?: unknown };
  /** Of each execution: the effects there have to be, by step, each under so many keys. */
  readonly effects: Readonly<Record<string, number>>;
};

const patienceMs = 30_000;

/** Asks until there is an answer that is one: not a broken connection, and not 503. */
export function persistentClient(url: string, apiKey: string): Client {
  return async (method, path, body, key) => {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patienceMs),
      })
        .then(async (answer) => ({ answer, text: await answer.text() }))
        .catch(() => null);
      if (response !== null && response.answer.status !== 503) {
        const { answer, text } = response;
        const replayed = answer.headers.get('idempotent-replayed') === 'true';
        return { status: answer.status, replayed, json: JSON.parse(text) as ExecutionBody };
      }
      if (Date.now() > deadline) throw new Error(`${method} ${path}: no answer within ${patienceMs} ms`);
      await pause(25);
    }
  };
}

async function start(ask: Client, workflow: string, key: string, input: object = {}): Promise<string> {
  const { status, json } = await ask('POST', `/workflows/${workflow}/execute`, { input }, key);
  if (status !== 202) throw new Error(`the start of ${workflow} was answered ${status}: ${JSON.stringify(json)}`);
  return json.execution_id;
}

async function until(ask: Client, id: string, reason: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { json } = await ask('GET', `/executions/${id}`);
    if (json.wait_reason === reason || ended.has(json.status)) return;
    if (Date.now() > deadline) throw new Error(`${id} does not wait for ${reason}: ${JSON.stringify(json)}`);
    await pause(15);
  }
}

const ended: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

/** Nobody can tell whether the question before was heard: accepted again, or refused because it has ended or is ending. */
async function tell(ask: Client, path: string, body: object): Promise<void> {
  const { status } = await ask('POST', path, body);
  if (status !== 202 && status !== 409) throw new Error(`${path} was answered ${status}`);
}

export const plays = {
  everything: {
    async run(ask, key) {
      const id = await start(ask, 'everything', key);
      await until(ask, id, 'signal');
      await tell(ask, `/executions/${id}/signals/go`, { payload: 7 });
      return [id];
    },
    ends: { status: 'COMPLETED', output: { sum: [7, 'ok', 2] } },
    effects: {
      effect_first: 1,
      effect_child: 1,
      effect_locked: 1,
      effect_item: 2,
      effect_left: 1,
      effect_right: 1,
      effect_refused: 1,
    },
  },
  undone: {
    async run(ask, key) {
      const id = await start(ask, 'undone', key);
      await until(ask, id, 'signal');
      await tell(ask, `/executions/${id}/cancel`, {});
      return [id];
    },
    ends: { status: 'CANCELLED' },
    effects: { effect_a: 1, effect_b: 1, undo_a: 1, undo_b: 1 },
  },
  /** Two executions, one place. */
  queue: {
    run: (ask, key) => Promise.all([1, 2].map((n) => start(ask, 'queue', `${key}-${n}`))),
    ends: { status: 'COMPLETED' },
    effects: { effect_alone: 1 },
  },
  once: {
    run: async (ask, key) => [await start(ask, 'once', key)],
    ends: { status: 'COMPLETED' },
    effects: { effect_first: 1 },
  },
  slow: {
    run: async (ask, key) => [await start(ask, 'slow', key, { delay: 400 })],
    ends: { status: 'COMPLETED' },
    effects: { effect_first: 1, effect_slow: 1, effect_last: 1 },
  },
  /** Longer than a process that stops waits before it gives its shards away. */
  slower: {
    run: async (ask, key) => [await start(ask, 'slow', key, { delay: 1_500 })],
    ends: { status: 'COMPLETED' },
    effects: { effect_first: 1, effect_slow: 1, effect_last: 1 },
  },
  batch: {
    async run(ask, key) {
      const items = [1, 2, 3].map((n) => ({ input: {}, idempotency_key: `${key}-${n}` }));
      const { status, json } = await ask('POST', '/workflows/once/execute/batch', { items }, key);
      if (status !== 202) throw new Error(`the batch was answered ${status}: ${JSON.stringify(json)}`);
      return json.execution_ids;
    },
    ends: { status: 'COMPLETED' },
    effects: { effect_first: 1 },
  },
  large: {
    run: async (ask, key) => [await start(ask, 'large', key, { text: 'x'.repeat(300_000) })],
    ends: { status: 'COMPLETED', output: 300_000 },
    effects: { effect_first: 1 },
  },
  publish: {
    async run(ask, key) {
      const steps = [{ id: 'says', type: 'transform', config: { output: 1 } }];
      const { status } = await ask('POST', '/workflows', { workflow_id: key, version: '1.0.0', steps });
      if (status !== 201 && status !== 200) throw new Error(`the definition was answered ${status}`);
      return [await start(ask, key, key)];
    },
    ends: { status: 'COMPLETED', output: { says: 1 } },
    effects: {},
  },
} as const satisfies Readonly<Record<string, Play>>;

export type PlayName = keyof typeof plays;

const retry = { max_attempts: 4, initial: 50, backoff: 'fixed' };
const waits = (id: string, config: object, ...before: string[]) => ({ id, type: 'wait', config, ...after(...before) });

/** The workflows of the plays, in the order in which they can be published. */
export function definitions(sink: EffectSink): readonly object[] {
  const call = (id: string, query = '', more: object = {}) => effect(sink, id, query, { retry, ...more });
  const undo = (id: string) => ({
    compensate: { type: 'http_request', config: { method: 'POST', url: `${sink.url}/\${execution.id}/${id}?` }, retry },
  });
  const named = (workflow_id: string, steps: readonly object[], more: object = {}) => ({
    workflow_id,
    version: '1.0.0',
    steps,
    ...more,
  });
  const branches = { left: { steps: [call('effect_left')] }, right: { steps: [call('effect_right', 'delay=5')] } };
  return [
    named('child', [call('effect_child', 'delay=5')], { output: 'ok' }),
    named(
      'everything',
      [
        call('effect_first', 'delay=5'),
        waits('nap', { for: '60ms' }, 'effect_first'),
        waits('go', { signal: 'go' }, 'nap'),
        { id: 'calls', type: 'sub_workflow', config: { workflow_id: 'child' }, ...after('go') },
        call('effect_locked', 'delay=5', { ...after('calls'), lock: { key: "'one'", scope: 'tenant' } }),
        {
          id: 'items',
          type: 'for_each',
          config: { items: '${ [1, 2] }', steps: [call('effect_item', 'delay=5')] },
          ...after('effect_locked'),
        },
        { id: 'both', type: 'parallel', config: { branches }, ...after('items') },
        call('effect_refused', 'fail=1', after('both')),
      ],
      { output: { sum: ['${ steps.go.output }', '${ steps.calls.output }', '${ size(steps.items.output) }'] } },
    ),
    named('undone', [
      call('effect_a', '', undo('undo_a')),
      call('effect_b', '', { ...after('effect_a'), ...undo('undo_b') }),
      waits('for_ever', { signal: 'never' }, 'effect_b'),
    ]),
    named('queue', [call('effect_alone', 'delay=60')], { concurrency: { key: "'one'", limit: 1 } }),
    named('once', [{ ...effect(sink, 'effect_first', 'delay=20'), delivery: 'at_most_once' }]),
    named('slow', [
      call('effect_first'),
      call('effect_slow', 'delay=${input.delay}', after('effect_first')),
      waits('nap', { for: '80ms' }, 'effect_slow'),
      call('effect_last', '', after('nap')),
    ]),
    named('large', [call('effect_first')], { output: '${ size(input.text) }' }),
  ];
}
