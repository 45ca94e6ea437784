/**
 * The way out of a test run: requests are answered by mocks. What no mock answers is not sent, but noted as missing, unless the
 * run may reach the world: then it goes the way that all requests go.
 */
import { createMockedHttp, type HttpMock, type HttpReply } from '@cloudflow/core/test-run/http-mocks.ts';
import { afterMs } from '@cloudflow/core/test-run/step-mocks.ts';
import type { Egress, EgressRequest, EgressResponse } from '../kernel/egress/egress.ts';
import { EgressError } from '../kernel/egress/failure.ts';
import { createGuard } from '../kernel/egress/guard.ts';
import { type Hop, nextHop } from '../kernel/egress/redirect.ts';

export type MockedEgress = Egress & {
  /** What the tries asked of it since this was called last. */
  take(): Asked;
  /** The places of the mocks that nothing asked for. */
  unused(): readonly number[];
};

export type Asked = {
  /** The first request that nothing answers. */
  readonly missing: string | null;
  /** Virtual milliseconds that the mocks took. */
  readonly afterMs: number;
  readonly reachedWorld: boolean;
};

const nothing: Asked = { missing: null, afterMs: 0, reachedWorld: false };
const maxHops = 20;
/** Only the form of an address is checked: nothing is connected to. */
const form = createGuard({ allows: () => true });

/** `world` null: nothing is sent. `hide`: a request without its secrets, which is what mocks are compared with. */
export function createMockedEgress(
  mocks: readonly HttpMock[],
  world: Egress | null,
  hide: (text: string) => string = (text) => text,
): MockedEgress {
  const http = createMockedHttp(mocks);
  let asked = nothing;

  function answer(hop: Hop): EgressResponse | undefined {
    const request = { method: hop.method, url: hide(hop.url.href), body: hide(textOf(hop.body)) };
    const reply = http.answerTo(request);
    if (reply === undefined) return undefined;
    asked = { ...asked, afterMs: asked.afterMs + afterMs(reply) };
    return responseOf(reply, hop.url.host);
  }

  return {
    async request(request: EgressRequest) {
      const { method, headers, body, followRedirects, permit } = request;
      let hop: Hop = { url: form.check(request.url), method, headers: lowerCase(headers), body };
      for (let hops = 0; hops <= maxHops; hops += 1) {
        permit?.(hop.url);
        const response = answer(hop);
        if (response === undefined) {
          if (world === null) throw missed(hop);
          return onTheWay(world.request({ ...request, ...hop, url: hop.url.href }));
        }
        const next = followRedirects ? nextHop(hop, response.status, response.headers['location']) : undefined;
        if (!next) return response;
        hop = next;
      }
      throw new EgressError('redirects', `${hop.url.host} redirected more than ${maxHops} times`);
    },
    tcp: {
      connect: (target) => (world === null ? Promise.reject(missedTcp(target)) : onTheWay(world.tcp.connect(target))),
      addressOf: (target) =>
        world === null ? Promise.reject(missedTcp(target)) : onTheWay(world.tcp.addressOf(target)),
    },
    take() {
      const taken = asked;
      asked = nothing;
      return taken;
    },
    unused: http.unused,
    // What it leads to is the owner's to close.
    close: async () => undefined,
  };

  function onTheWay<T>(answer: T): T {
    asked = { ...asked, reachedWorld: true };
    return answer;
  }

  function missed({ method, url }: Hop): Error {
    return noted(`${method} ${url.origin}${url.pathname}`);
  }

  function missedTcp({ host, port }: { readonly host: string; readonly port: number }): Error {
    return noted(`a connection to ${host}:${port}`);
  }

  function noted(missing: string): Error {
    const shown = hide(missing);
    asked = { ...asked, missing: asked.missing ?? shown };
    return new EgressError('network', `No mock answers ${shown}`);
  }
}

function responseOf(reply: HttpReply, host: string): EgressResponse {
  if ('error' in reply) {
    const what = reply.error === 'timeout' ? 'did not answer in time' : 'cannot be reached';
    throw new EgressError(reply.error, `${host} ${what}, says the mock`);
  }
  const { status = 200, headers = {}, body } = reply;
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
  const text = body === undefined ? '' : isText ? body : JSON.stringify(body);
  return {
    status,
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...lowerCase(headers) },
    body: new TextEncoder().encode(text),
  };
}

function textOf(body: Hop['body']): string {
  if (body === null) return '';
  return typeof body === 'string' ? body : Buffer.from(body).toString();
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
