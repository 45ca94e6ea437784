/**
 * Follows the journal of an execution to its end over server-sent events: each event once, in order. A stream that breaks is
 * opened again after the last event that came (`Last-Event-ID`), so that nothing is missing and nothing comes twice.
 */
import { type JournalEvent, operations } from './api.generated.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { ConnectionError, TimeoutError } from './errors.ts';
import { createMessageReader } from './event-stream.ts';
import { requestOf } from './operation.ts';
import { delayMs, isWorthRepeating } from './repeating.ts';
import type { Transport } from './transport.ts';

export type FollowOptions = {
  /** `id` of the last event that was seen; those after it follow. From the first when absent. */
  readonly after?: string;
  /** Ends it; what is thrown is the reason of the signal. */
  readonly signal?: AbortSignal;
  /** How often in a row a stream is opened again without an event having come. Default 10. */
  readonly retries?: number;
};

/** The server says something every 15 seconds; who hears nothing for this long is cut off without knowing it. */
const silenceMs = 45_000;
/** A stream that ended in good order, after an hour or since its server stops. */
const comeBackMs = 1_000;

export async function* followEvents(
  transport: Transport,
  id: string,
  { after, signal, retries = 10 }: FollowOptions = {},
): AsyncGenerator<JournalEvent, void, undefined> {
  let last = after;
  let failed = 0;
  for (;;) {
    const deadline = createDeadline(silenceMs, [signal, transport.signal]);
    let wait = comeBackMs * transport.random();
    try {
      for await (const event of readStream(transport, { id, last, deadline })) {
        failed = 0;
        last = event.id;
        yield event;
        if (event.type === 'execution_ended') return;
      }
    } catch (thrown) {
      const error = deadline.isOver() ? silent(id, thrown) : thrown;
      if (error === allSeen) return;
      if (failed >= retries || !isWorthRepeating(error, true)) throw error;
      wait = delayMs({ error, failed, random: transport.random(), now: Date.now() });
    } finally {
      deadline.clear();
    }
    failed += 1;
    if (failed > retries) throw new ConnectionError(`the events of execution ${id} do not come: streams end at once`);
    await transport.pause(wait, signal);
  }
}

type Stream = { readonly id: string; readonly last: string | undefined; readonly deadline: Deadline };

/** The end of the journal had been seen: there is nothing to follow. */
const allSeen = Symbol('all events had been seen');

async function* readStream(transport: Transport, { id, last, deadline }: Stream): AsyncGenerator<JournalEvent> {
  const request = requestOf(operations.executions.events, { places: [id], whole: undefined, fields: {}, options: {} });
  const headers = { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) };
  const response = await transport.open({ ...request, headers }, deadline.signal);
  if (response.status === 204 || response.body === null) throw allSeen;
  const messagesOf = createMessageReader();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  const read = () => {
    deadline.restart();
    return reader.read();
  };
  try {
    for (let piece = await read(); !piece.done; piece = await read()) {
      // Who takes his time with an event makes no stream silent.
      deadline.stop();
      for (const { data } of messagesOf(decoder.decode(piece.value, { stream: true })))
        yield JSON.parse(data) as JournalEvent;
    }
  } catch (error) {
    if (deadline.signal.aborted) throw error;
    throw new ConnectionError(`the stream of events of execution ${id} broke off`, { cause: error });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function silent(id: string, cause: unknown): TimeoutError {
  return new TimeoutError(`the stream of events of execution ${id} fell silent`, { timeoutMs: silenceMs, cause });
}
