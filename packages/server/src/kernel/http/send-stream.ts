/** Sends an answer piece by piece, no faster than it is read. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../log/log.ts';
import type { StreamReply } from './reply.ts';
import { pathOf } from './send-problem.ts';

/** A reader that has taken nothing for so long is gone, whatever its connection says. Streams say something more often. */
const STALLED_AFTER_MS = 60_000;

export function sendStream(
  { pieces, contentType }: StreamReply,
  request: FastifyRequest,
  { reply, log }: { readonly reply: FastifyReply; readonly log: Logger },
): FastifyReply {
  const { raw } = reply;
  raw.setTimeout(STALLED_AFTER_MS, () => raw.destroy());
  reply.header('content-type', contentType);
  // One piece is held ahead of the connection, and no more.
  return reply.send(Readable.from(told(pieces, request, log), { objectMode: false, highWaterMark: 1 }));
}

export function isStream(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
}

/** The status has been sent: what goes wrong from here on shows as an answer that breaks off, and in the log. */
async function* told(pieces: AsyncIterable<string>, request: FastifyRequest, log: Logger): AsyncGenerator<string> {
  try {
    yield* pieces;
  } catch (error) {
    const { correlationId } = request.trace;
    log.warn({ error, correlation_id: correlationId, path: pathOf(request.url) }, 'a stream broke off');
    throw error;
  }
}
