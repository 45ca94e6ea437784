/** The public API as a test uses it: one call, and what it answered. */
import { setTimeout as delay } from 'node:timers/promises';

/** The fields that tests read one by one; everything else is compared as data. */
export type Body = {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly execution_id: string;
  readonly execution_ids: readonly string[];
  readonly status: string | number;
  readonly code: string;
  readonly errors: readonly Problem[];
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
  readonly etag: string;
};
export type Problem = {
  readonly code: string;
  readonly pointer: string;
  readonly message: string;
  readonly suggestion?: string;
};
export type Row = {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly step_id: string;
  readonly status: string;
};
export type Answer = { readonly status: number; readonly headers: Headers; readonly json: Body };
export type Api = ReturnType<typeof createApi>;

const patienceMs = 20_000;

export function createApi({ url, key }: { readonly url: string; readonly key: string }) {
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: (text === '' ? {} : JSON.parse(text)) as Body };
  }

  /** Every row of a list, page by page. */
  async function all(path: string, limit = 200): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const join = path.includes('?') ? '&' : '?';
      const page = await call(
        'GET',
        `${path}${join}limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      if (page.status !== 200) throw new Error(`GET ${path} answered ${page.status}: ${JSON.stringify(page.json)}`);
      rows.push(...page.json.data);
      cursor = page.json.next_cursor;
    }
    return rows;
  }

  /** Asks for the execution until it is as wanted. */
  async function until(id: string, wanted: (execution: Body) => boolean): Promise<Body> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const { json } = await call('GET', `/executions/${id}`);
      if (wanted(json)) return json;
      if (Date.now() > deadline) throw new Error(`not in ${patienceMs} ms: ${JSON.stringify(json)}`);
      await delay(20);
    }
  }

  return {
    call,
    all,
    until,
    get: (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers),
    post: (path: string, body?: unknown, headers?: Record<string, string>) => call('POST', path, body, headers),
    ended: (id: string) => until(id, ({ status }) => ['COMPLETED', 'FAILED', 'CANCELLED'].includes(status as string)),
  };
}
