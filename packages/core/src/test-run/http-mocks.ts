/** What the world answers to requests in a test run: the first mock whose method and URL fit. */
import { isJsonObject, type Json } from '../json.ts';

export type HttpMock = {
  /** Any, when it is not said. */
  readonly method?: string;
  /** Whole; `*` stands for any characters. Without a `?` it fits whatever the query is. A secret in it is `***`. */
  readonly url: string;
  /** What the body of the request has to hold, as JSON: of an object the fields that are named. */
  readonly body?: Json;
  /** The last of a list is the answer to all requests that follow. */
  readonly reply: HttpReply | readonly HttpReply[];
};

export type HttpReply = (
  | {
      readonly status?: number;
      readonly headers?: { readonly [name: string]: string };
      /** A text is sent as it is, everything else as JSON. */
      readonly body?: Json;
    }
  | { readonly error: 'network' | 'timeout' }
) & {
  /** How much virtual time it takes: a duration. */
  readonly after?: number | string;
};

export type MockedRequest = { readonly method: string; readonly url: string; readonly body: string };

export type MockedHttp = {
  /** The next answer; undefined: no mock fits. */
  answerTo(request: MockedRequest): HttpReply | undefined;
  /** The places of the mocks that nothing asked for. */
  unused(): readonly number[];
};

export function createMockedHttp(mocks: readonly HttpMock[]): MockedHttp {
  const given = new Map<number, number>();
  const patterns = mocks.map(({ url }) => patternOf(url));

  return {
    answerTo(request) {
      const place = mocks.findIndex((mock, index) => fits(mock, patterns[index] ?? [], request));
      const mock = mocks[place];
      if (mock === undefined) return undefined;
      const count = given.get(place) ?? 0;
      given.set(place, count + 1);
      const { reply } = mock;
      return isList(reply) ? reply[Math.min(count, reply.length - 1)] : reply;
    },
    unused: () => [...mocks.keys()].filter((place) => !given.has(place)),
  };
}

function isList(reply: HttpMock['reply']): reply is readonly HttpReply[] {
  return Array.isArray(reply);
}

function fits(mock: HttpMock, pattern: readonly string[], { method, url, body }: MockedRequest): boolean {
  if (mock.method !== undefined && mock.method.toUpperCase() !== method.toUpperCase()) return false;
  const query = url.indexOf('?');
  const told = mock.url.includes('?') || query < 0 ? url : url.slice(0, query);
  return fitsPattern(pattern, told) && (mock.body === undefined || holds(jsonOf(body), mock.body));
}

/** The parts between the stars. No regular expression: a URL may hold what means something in one. */
function patternOf(url: string): readonly string[] {
  return url.split('*');
}

/** Each part as early as it can be found: whatever fits at all fits so. */
function fitsPattern(parts: readonly string[], text: string): boolean {
  const [first = '', ...others] = parts;
  if (!text.startsWith(first)) return false;
  const last = others.pop();
  if (last === undefined) return text === first;
  let from = first.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

function jsonOf(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

/** Fields that are not named may be anything; lists are as long as they are named. */
export function holds(value: Json | undefined, expected: Json): boolean {
  if (isJsonObject(expected)) {
    if (!isJsonObject(value)) return false;
    return Object.entries(expected).every(([key, each]) => Object.hasOwn(value, key) && holds(value[key], each));
  }
  if (!Array.isArray(expected)) return value === expected;
  const list: readonly Json[] = expected;
  return Array.isArray(value) && value.length === list.length && list.every((each, at) => holds(value[at], each));
}
