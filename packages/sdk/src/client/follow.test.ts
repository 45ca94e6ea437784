/** Following an execution over a network that breaks, falls silent and refuses: a function that plays the server. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient, type JournalEvent } from './index.ts';

const types = ['execution_started', 'step_started', 'step_succeeded', 'execution_ended'];
const journal = types.map((type, seq) => ({ id: `${seq}.0`, seq, type, at: null }));
const message = (event: object & { id: string }) => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;

/** What one stream does after `count` events of those that are asked for. */
type Stream = { readonly count: number; readonly then: 'break' | 'end' | 'silence' };

/** The streams in turn; then all that is left. */
function aServer(streams: readonly (Stream | Response)[]) {
  const asked: (string | undefined)[] = [];
  const play: typeof fetch = async (_input, init) => {
    const headers = init?.headers as Record<string, string>;
    const last = headers['last-event-id'];
    asked.push(last);
    const at = last === undefined ? 0 : journal.findIndex(({ id }) => id === last) + 1;
    if (at === journal.length) return new Response(null, { status: 204 });
    const stream = streams[asked.length - 1] ?? { count: journal.length, then: 'end' };
    if (stream instanceof Response) return stream;
    return new Response(bodyOf(journal.slice(at, at + stream.count), stream.then, init?.signal as AbortSignal));
  };
  return { asked, client: createClient({ url: 'http://flows.test', fetch: play }) };
}

function bodyOf(events: readonly (object & { id: string })[], then: Stream['then'], signal: AbortSignal) {
  const pieces = [new TextEncoder().encode(`retry: 1000\n\n${events.map(message).join('')}id: half of a mess`)];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else if (then === 'end') controller.close();
      else if (then === 'break') controller.error(new TypeError('terminated'));
      else signal.addEventListener('abort', () => controller.error(signal.reason));
    },
  });
}

async function collected(events: AsyncIterable<JournalEvent>): Promise<readonly string[] | unknown> {
  const ids: string[] = [];
  const all = (async () => {
    for await (const { id } of events) ids.push(id);
  })();
  const settled = Promise.allSettled([all]);
  await vi.runAllTimersAsync();
  const [{ status, ...rest }] = (await settled) as [PromiseSettledResult<void>];
  return status === 'fulfilled' ? ids : { ids, ...rest };
}
const whole = journal.map(({ id }) => id);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('whoever follows an execution', () => {
  it.each(['break', 'end', 'silence'] as const)('gets each event once when streams %s in the middle', async (then) => {
    const server = aServer([
      { count: 1, then },
      { count: 0, then },
      { count: 2, then },
    ]);
    expect(await collected(server.client.executions.follow('e'))).toEqual(whole);
    expect(server.asked).toEqual([undefined, '0.0', '0.0', '2.0']);
  });

  it('begins after the event that it names, and is done when that was the last', async () => {
    const server = aServer([]);
    expect(await collected(server.client.executions.follow('e', { after: '1.0' }))).toEqual(['2.0', '3.0']);
    expect(await collected(server.client.executions.follow('e', { after: '3.0' }))).toEqual([]);
  });

  it('is told when what it follows is no id', async () => {
    const server = aServer([]);
    expect(await collected(server.client.executions.follow('..'))).toMatchObject({ reason: { name: 'TypeError' } });
    expect(server.asked).toEqual([]);
  });

  it('hears a refusal, but for one that passes', async () => {
    const refusal = (status: number, code: string) => new Response(JSON.stringify({ status, code }), { status });
    const busy = aServer([refusal(429, 'too_many_streams'), refusal(503, 'unavailable')]);
    expect(await collected(busy.client.executions.follow('e'))).toEqual(whole);
    const absent = aServer([refusal(404, 'not_found')]);
    expect(await collected(absent.client.executions.follow('e'))).toMatchObject({ reason: { code: 'not_found' } });
  });

  it('gives up when nothing comes however often it asks', async () => {
    for (const then of ['break', 'end', 'silence'] as const) {
      const server = aServer(Array.from({ length: 20 }, () => ({ count: 0, then })));
      expect(await collected(server.client.executions.follow('e', { retries: 4 }))).toMatchObject({ ids: [] });
      expect(server.asked).toHaveLength(5);
    }
  });

  it('may take its time with each event', async () => {
    const server = aServer([{ count: 4, then: 'end' }]);
    const slow = (async function* () {
      for await (const event of server.client.executions.follow('e')) {
        yield event;
        await new Promise((resolve) => setTimeout(resolve, 100_000));
      }
    })();
    expect(await collected(slow)).toEqual(whole);
    expect(server.asked).toEqual([undefined]);
  });

  it('lets go of the stream when it looks no further', async () => {
    const cancelled = vi.fn();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(message(journal[0]!))),
      cancel: cancelled,
    });
    const client = createClient({ url: 'http://flows.test', fetch: async () => new Response(body) });
    for await (const _event of client.executions.follow('e')) break;
    expect(cancelled).toHaveBeenCalledOnce();
  });
});

describe('whoever waits for an execution', () => {
  /** The execution ends after it has been looked at so often; streams are refused. */
  function aBusyServer(looks: number) {
    let looked = 0;
    const play: typeof fetch = async (input) => {
      if (String(input).endsWith('/events'))
        return new Response(JSON.stringify({ status: 429, code: 'too_many_streams' }), { status: 429 });
      looked += 1;
      const finished_at = looked > looks ? '2026-01-31T08:00:00.000Z' : null;
      return new Response(JSON.stringify({ id: 'e', finished_at, as_of_seq: 1 }));
    };
    return createClient({ url: 'http://flows.test', fetch: play });
  }
  async function settled<T>(work: Promise<T>) {
    const all = Promise.allSettled([work]);
    await vi.runAllTimersAsync();
    return (await all)[0];
  }

  it('gets it at its end, also where no stream can be had', async () => {
    expect(await settled(aBusyServer(3).executions.wait('e'))).toMatchObject({ value: { id: 'e' } });
  });

  it('hears that the time is up, and what was the matter', async () => {
    expect(await settled(aBusyServer(1e9).executions.wait('e', { timeoutMs: 300_000 }))).toMatchObject({
      reason: { name: 'TimeoutError', timeoutMs: 300_000, cause: { code: 'too_many_streams' } },
    });
  });

  it('hears at once that nobody is there', async () => {
    const gone: typeof fetch = () => Promise.reject(new TypeError('fetch failed'));
    const client = createClient({ url: 'http://flows.test', fetch: gone, retries: 0 });
    expect(await settled(client.executions.wait('e'))).toMatchObject({ reason: { name: 'ConnectionError' } });
  });

  it('goes on when nobody is there for a while after the start', async () => {
    let asked = 0;
    const play: typeof fetch = async (_input, init) => {
      if (init?.method === 'POST') return new Response(JSON.stringify({ execution_id: 'e' }), { status: 202 });
      asked += 1;
      if (asked < 20) throw new TypeError('fetch failed');
      return new Response(JSON.stringify({ id: 'e', finished_at: '2026-01-31T08:00:00.000Z' }));
    };
    const started = await createClient({ url: 'http://flows.test', fetch: play }).workflows.execute('a');
    expect(await settled(started.wait())).toMatchObject({ value: { id: 'e' } });
    expect(asked).toBe(20);
  });
});
