/** Following a journal by a reader that is cut off again and again, while the server dies as well. */
import { expect, it } from 'vitest';
import { createApi } from '../api-client.ts';
import { openStream } from '../event-stream.ts';
import { publish, useStage } from './stage.ts';

const stage = useStage();

it('reads every event once, in order, over 1,000 connections that break at random and a kill -9 of the server [G19]', async () => {
  const dataDir = await stage.folder();
  let server = await stage.server({ dataDir });
  const nap = { id: 'nap', type: 'wait', config: { for: 3 } };
  await publish(server, 'long', [{ id: 'rounds', type: 'loop', config: { times: 450, steps: [nap] } }]);
  const started = await server.api('POST', '/workflows/long/execute');
  const id = (started.json as { execution_id: string }).execution_id;
  const seen: string[] = [];
  let [connections, killed] = [0, false];
  for (;;) {
    if (!killed && connections > 300) {
      await server.kill();
      server = await stage.server({ dataDir, port: server.port, apiKey: server.apiKey });
      killed = true;
    }
    connections += 1;
    const url = `${server.url}/api/v1/executions/${id}/events`;
    const stream = await openStream(url, { key: server.apiKey, lastEventId: seen.at(-1) });
    if (stream.status === 204) break;
    expect(stream.status).toBe(200);
    let left = Math.floor(Math.random() * 3);
    for await (const message of stream.read()) {
      if (typeof message !== 'string') {
        seen.push(message.id);
        left -= 1;
      }
      if (left <= 0) break;
    }
    stream.close();
  }
  const api = createApi({ url: server.url, key: server.apiKey });
  expect(await api.ended(id)).toMatchObject({ status: 'COMPLETED' });
  expect(seen).toEqual((await api.all(`/executions/${id}/events`)).map((event) => event.id));
  expect(connections).toBeGreaterThanOrEqual(1_000);
  expect(killed).toBe(true);
}, 120_000);
