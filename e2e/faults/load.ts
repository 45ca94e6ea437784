/**
 * Clients as they should be: each start has an idempotency key, and one whose outcome is unknown (the connection broke, the
 * product was not available) is asked again under the same key until it is acknowledged.
 */
import { setTimeout as pause } from 'node:timers/promises';

export type LoadOptions = {
  /** Of the process to ask; several take turns. */
  readonly url: string | readonly string[];
  readonly apiKey: string;
  /** The workflow of start number n. */
  readonly workflow: string | ((n: number) => string);
  readonly total: number;
  /** Asked before each start: false ends the load, whatever `total` says. */
  readonly goesOn?: () => boolean;
  readonly clients: number;
  /** The idempotency key of start number n; default: `start-n`. */
  readonly keyOf?: (n: number) => string;
  readonly inputOf?: (n: number) => object;
  /** The wait that start number n asks for; undefined: it asks for none. */
  readonly waitOf?: (n: number) => string | undefined;
};

export type Acknowledged = {
  readonly executionId: string;
  readonly at: number;
  /** Under its key it had been accepted before, without our having heard of it. */
  readonly replayed: boolean;
};

export type Load = {
  readonly acknowledged: ReadonlyMap<number, Acknowledged>;
  /** How often the product was not there, by what was seen: a status, or `broken`. */
  readonly refusals: ReadonlyMap<number | 'broken', number>;
  /** Answers 503 without Retry-After: they should say when to come again. */
  readonly hasteless: readonly string[];
  whenAcknowledged(count: number): Promise<void>;
  /** Resolves when every start has been acknowledged; rejects on an answer that no client should get, and when nothing moves. */
  readonly finished: Promise<void>;
};

const againAfterMs = 50;
const patienceMs = 20_000;
/** So long without a single acknowledgement is no fault that passes: something is stuck. */
const stalledAfterMs = 40_000;

export function runLoad(options: LoadOptions): Load {
  const acknowledged = new Map<number, Acknowledged>();
  const refusals = new Map<number | 'broken', number>();
  const hasteless: string[] = [];
  const waiting: { readonly count: number; readonly tell: () => void }[] = [];
  const stalled = Promise.withResolvers<never>();
  let watchdog = setTimeout(giveUp, stalledAfterMs);
  let next = 0;

  function giveUp(): void {
    const seen = JSON.stringify([...refusals]);
    stalled.reject(new Error(`stuck at ${acknowledged.size} of ${options.total}; refusals and their causes: ${seen}`));
  }

  async function client(): Promise<void> {
    for (let n = next++; n < options.total && (options.goesOn?.() ?? true); n = next++) {
      acknowledged.set(n, await started(n));
      clearTimeout(watchdog);
      watchdog = setTimeout(giveUp, stalledAfterMs);
      for (const { count, tell } of waiting) if (acknowledged.size >= count) tell();
    }
  }

  async function started(n: number): Promise<Acknowledged> {
    for (let tries = 0; ; tries += 1) {
      const answer = await ask(options, n, tries).catch(() => 'broken' as const);
      if (answer !== 'broken' && answer.status < 300) return acknowledgedBy(answer);
      const seen = answer === 'broken' ? answer : answer.status;
      refusals.set(seen, (refusals.get(seen) ?? 0) + 1);
      if (answer !== 'broken' && answer.status !== 503) throw new Error(`start ${n}: ${answer.status} ${answer.text}`);
      if (answer !== 'broken' && answer.headers.get('retry-after') === null) hasteless.push(answer.text);
      await pause(againAfterMs); // shorter than Retry-After asks for: a test has no time
    }
  }

  return {
    acknowledged,
    refusals,
    hasteless,
    whenAcknowledged: (count) =>
      new Promise((tell) => {
        if (acknowledged.size >= count) tell();
        else waiting.push({ count, tell });
      }),
    finished: Promise.race([stalled.promise, Promise.all(Array.from({ length: options.clients }, client))])
      .then(() => undefined)
      .finally(() => clearTimeout(watchdog)),
  };
}

type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };

async function ask(options: LoadOptions, n: number, tries: number): Promise<Answer> {
  const { url, apiKey, workflow, keyOf, inputOf, waitOf } = options;
  // Another process, when the one that was asked does not answer.
  const at = typeof url === 'string' ? url : url[(n + tries) % url.length];
  const name = typeof workflow === 'string' ? workflow : workflow(n);
  const wait = waitOf?.(n);
  const response = await fetch(`${at}/api/v1/workflows/${name}/execute${wait === undefined ? '' : `?wait=${wait}`}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': keyOf?.(n) ?? `start-${n}`,
    },
    body: JSON.stringify({ input: { n, ...inputOf?.(n) } }),
    signal: AbortSignal.timeout(patienceMs),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function acknowledgedBy({ headers, text }: Answer): Acknowledged {
  const { id, execution_id: executionId = id } = JSON.parse(text) as Record<'id' | 'execution_id', string>;
  return { executionId, at: Date.now(), replayed: headers.get('idempotent-replayed') === 'true' };
}

/** Starts that had been accepted before, unknown to their client. */
export function replayedOf({ acknowledged }: Load): number {
  return [...acknowledged.values()].filter(({ replayed }) => replayed).length;
}
