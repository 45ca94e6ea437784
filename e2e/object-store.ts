/** A store that speaks S3, for tests: it keeps objects in memory, and checks every signature with a check of its own. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureProblem } from '../packages/connectors/src/s3/testing/verify-signature.ts';

export async function startObjectStore(secret: string) {
  const objects = new Map<string, { readonly body: Buffer; readonly type: string }>();
  const refused: string[] = [];
  let url = '';
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const { method = '', headers } = request;
    const address = `${url}${request.url}`;
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const problem = signatureProblem({ method, url: address, headers: plain, body }, secret);
    if (problem !== undefined) {
      refused.push(problem);
      return refuse(response, 403, 'SignatureDoesNotMatch');
    }
    const key = decodeURIComponent(new URL(address).pathname);
    if (method === 'PUT') {
      objects.set(key, { body, type: headers['content-type'] ?? '' });
      response.setHeader('etag', `"${createHash('md5').update(body).digest('hex')}"`).end();
    } else if (method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else {
      const found = objects.get(key);
      if (!found) return refuse(response, 404, 'NoSuchKey');
      response.setHeader('content-type', found.type).end(found.body);
    }
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    objects,
    /** Why requests were refused. */
    refused,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>No.</Message></Error>`);
}
