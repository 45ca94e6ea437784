/**
 * A client that costs little, because it shares the machine with what it measures: keep-alive sockets, requests written as
 * bytes, answers read by their length alone.
 */
import { createConnection, type Socket } from 'node:net';

export type HttpClient = {
  /** Posts the body and resolves with the answer's status and body. One request at a time on each connection. */
  post(path: string, body: string): Promise<{ readonly status: number; readonly body: string }>;
  close(): void;
};

export function createHttpClient(url: string, key: string, connections: number): HttpClient {
  const { hostname, port, host } = new URL(url);
  const idle: Connection[] = Array.from(
    { length: connections },
    () => new Connection(createConnection(Number(port), hostname)),
  );
  const all = [...idle];
  return {
    async post(path, body) {
      const connection = idle.pop();
      if (connection === undefined) throw new Error('more requests in flight than connections');
      const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
      const answer = await connection.send(head + body);
      idle.push(connection);
      return answer;
    },
    close() {
      for (const connection of all) connection.socket.destroy();
    },
  };
}

type Answer = { readonly status: number; readonly body: string };

class Connection {
  readonly socket: Socket;
  #received = '';
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#read(chunk));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  #read(chunk: string): void {
    this.#received += chunk;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = /content-length: (\d+)/i.exec(this.#received.slice(0, headEnd));
    const end = headEnd + 4 + Number(length?.[1] ?? 0);
    if (this.#received.length < end) return;
    const body = this.#received.slice(headEnd + 4, end);
    const status = Number(this.#received.slice(9, 12));
    this.#received = this.#received.slice(end);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ status, body });
  }
}
