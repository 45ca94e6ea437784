// The other side of the example: answers every call with a customer number. Node 20 or newer, nothing else.
import { createServer } from 'node:http';

const port = Number(process.argv[2] ?? 9000);

createServer((request, response) => {
  console.log(`${request.method} ${request.url}  idempotency-key: ${request.headers['idempotency-key']}`);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ customer: 'c-1' }));
}).listen(port, '127.0.0.1', () => console.log(`The validation service listens on http://127.0.0.1:${port}`));
