/** A client of the stream of events, as the standard has them: it reads some messages and goes. */
export type Message = {
  readonly id: string;
  readonly data: { readonly type: string; readonly [field: string]: unknown };
};

export type Opened = {
  readonly status: number;
  readonly headers: Headers;
  /** Messages and comments as they come. */
  read(): AsyncGenerator<Message | string>;
  close(): void;
};

export async function openStream(
  url: string,
  { key, lastEventId }: { readonly key: string; readonly lastEventId?: string | undefined },
): Promise<Opened> {
  const going = new AbortController();
  const headers = {
    accept: 'text/event-stream',
    authorization: `Bearer ${key}`,
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  };
  const response = await fetch(url, { headers, signal: going.signal });
  return {
    status: response.status,
    headers: response.headers,
    read: () => messages(response),
    close: () => going.abort(),
  };
}

async function* messages(response: Response): AsyncGenerator<Message | string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) yield parse(part);
  }
}

function parse(part: string): Message | string {
  const fields = new Map(
    part.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  const [id, data] = [fields.get('id'), fields.get('data')];
  return id === undefined || data === undefined ? part : { id, data: JSON.parse(data) as Message['data'] };
}
