/** A mail, a value in Redis and a message in Kafka: each sent by a workflow of the whole product. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, expect, it } from 'vitest';
import { describeWith } from '../packages/server/testing/components/describe-with.ts';
import { startKafka } from '../packages/server/testing/components/kafka.ts';
import { startRedis } from '../packages/server/testing/components/redis.ts';
import { aWorkflow, needs } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function credential(name: string, type: string, values: Record<string, string>): Promise<void> {
  const made = await product.api.post('/credentials', { name, type, values });
  expect(made.status, JSON.stringify(made.json)).toBe(201);
}

async function run(steps: Parameters<typeof aWorkflow>[0], input: object) {
  const workflow = aWorkflow(steps);
  const saved = await product.api.post('/workflows', workflow);
  expect(saved.status, JSON.stringify(saved.json)).toBe(201);
  return (await product.api.post(`/workflows/${workflow.workflow_id}/execute?wait=30s`, { input })).json;
}

it('a workflow sends a mail whose parts come from its input', async () => {
  const subjects: string[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'], disableReverseLookup: true },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        subjects.push(/^Subject: (.*)$/m.exec(Buffer.concat(chunks).toString())?.[1] ?? '');
        done(null, 'taken');
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  await credential('MAIL', 'smtp', { host: '127.0.0.1', port: String(port) });
  const config = {
    credential: 'MAIL',
    from: 'shop@example.com',
    to: '${input.email}',
    subject: 'Order ${input.order}',
    text: 'Thanks',
  };
  const ended = await run([{ id: 'mail', type: 'send_email', config }], { email: 'ann@example.com', order: 7 });
  expect(ended).toMatchObject({
    status: 'COMPLETED',
    output: { mail: { accepted: ['ann@example.com'], rejected: [] } },
  });
  expect(subjects).toEqual(['Order 7']);
});

describeWith('redis', 'with Redis', () => {
  it('a workflow keeps a value and reads it back', async () => {
    const server = await startRedis('canary-of-redis');
    closers.push(server.stop);
    await credential('CACHE', 'redis', { host: '127.0.0.1', port: String(server.port), password: 'canary-of-redis' });
    const ended = await run(
      [
        {
          id: 'keep',
          type: 'redis.set',
          config: { credential: 'CACHE', key: 'cart:${input.id}', value: '${input.cart}' },
        },
        {
          id: 'read',
          type: 'redis.get',
          config: { credential: 'CACHE', key: 'cart:${input.id}', as: 'json' },
          ...needs('keep'),
        },
      ],
      { id: 7, cart: { items: ['a', 'b'] } },
    );
    expect(ended).toMatchObject({ status: 'COMPLETED', output: { read: { value: { items: ['a', 'b'] } } } });
  });
});

describeWith('kafka', 'with Kafka', () => {
  it('a workflow writes a message, and fails without another try where there is no such topic', async () => {
    const server = await startKafka({ topics: ['orders'] });
    closers.push(server.stop);
    await credential('BUS', 'kafka', { brokers: `127.0.0.1:${server.port}` });
    const write = (topic: string) => ({
      id: 'write',
      type: 'kafka.produce',
      config: { credential: 'BUS', topic, key: '${input.id}', value: '${input}' },
    });
    expect(await run([write('orders')], { id: 'o-1', total: 3 })).toMatchObject({
      status: 'COMPLETED',
      output: { write: { topic: 'orders', offset: '0' } },
    });
    expect(await run([write('nowhere')], { id: 'o-1' })).toMatchObject({
      status: 'FAILED',
      error: { code: 'provider_refused', details: { error: 'UNKNOWN_TOPIC_OR_PARTITION' } },
    });
  });
});
