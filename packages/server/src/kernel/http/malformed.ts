/** Answers what is not even HTTP, where there is no request to answer: by hand, on the socket, and closes it. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type ProblemCode, problem, toProblemJson } from '../errors/problem.ts';

export function answerMalformed(error: Error & { code?: string }, socket: Socket): void {
  // Bytes after our answer began, or on a connection that is gone, would only mix with it.
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy(error);
    return;
  }
  const refusal = problem(codes[error.code ?? ''] ?? 'malformed_request');
  const body = JSON.stringify(toProblemJson(refusal, { instance: '', correlationId: randomUUID() }));
  socket.end(
    `HTTP/1.1 ${refusal.status} ${reasons[refusal.status] ?? 'Bad Request'}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n${body}`,
  );
}

const codes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

const reasons: Readonly<Record<number, string>> = { 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };
