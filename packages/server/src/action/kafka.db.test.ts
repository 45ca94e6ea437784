/** `kafka.produce` against a real broker, as the engine has it run. */
import type { Json } from '@cloudflow/core/json.ts';
import { Consumer, MessagesStreamModes } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../testing/components/describe-with.ts';
import { kafkaLogin, type RunningKafka, startKafka } from '../../testing/components/kafka.ts';
import { createTries, type TryOptions } from '../../testing/tries.ts';

describeWith('kafka', 'kafka.produce', () => {
  const tries = createTries('kafka.produce');
  let server: RunningKafka;
  const run = (config: Record<string, Json>, options?: TryOptions) =>
    tries.run({ credential: 'KAFKA', topic: 'orders', ...config }, options);

  beforeAll(async () => {
    server = await startKafka({ topics: ['orders'] });
    const credential = (values: Record<string, string>) => ({
      type: 'kafka' as const,
      values,
      secrets: values['password'] ? [values['password']] : [],
      allowedHosts: null,
    });
    const login = { brokers: `127.0.0.1:${server.loginPort}`, mechanism: 'PLAIN', ...kafkaLogin };
    tries.vault['KAFKA'] = credential({ brokers: `127.0.0.1:1,127.0.0.1:${server.port}` });
    tries.vault['LOGIN'] = credential(login);
    tries.vault['WRONG'] = credential({ ...login, password: 'canary-wrong' });
    tries.vault['DEAD'] = credential({ brokers: '127.0.0.1:1' });
  }, 60_000);
  afterAll(async () => {
    await tries.close();
    await server?.stop();
  });

  async function read(count: number) {
    const consumer = new Consumer({
      clientId: 'test',
      groupId: `g${count}`,
      bootstrapBrokers: [`127.0.0.1:${server.port}`],
    });
    const stream = await consumer.consume({
      topics: ['orders'],
      mode: MessagesStreamModes.EARLIEST,
      autocommit: false,
    });
    const found = [];
    for await (const message of stream) {
      found.push(message);
      if (found.length === count) break;
    }
    await stream.close();
    await consumer.close(true);
    return found;
  }

  it('writes messages with key, headers and the idempotency key, and tells where they are', async () => {
    const first = await run({ key: 'customer-1', value: { total: 3 }, headers: { source: 'shop' } });
    const second = await run({ key: 'customer-1', value: 'text ü' }, { attempt: 2 });
    expect([first, second]).toEqual(
      ['0', '1'].map((offset) => ({ output: { topic: 'orders', partition: expect.any(Number), offset } })),
    );
    const [one, two] = await read(2);
    expect([one?.key.toString(), one?.value.toString(), two?.value.toString()]).toEqual([
      'customer-1',
      '{"total":3}',
      'text ü',
    ]);
    const headers = new Map([...(one?.headers ?? [])].map(([name, value]) => [name.toString(), value.toString()]));
    expect(Object.fromEntries(headers)).toMatchObject({
      source: 'shop',
      'idempotency-key': 'root/call/0/0',
      'correlation-id': 'corr-1',
    });
    expect(two?.partition).toBe(one?.partition);
  });

  it('logs in, and tells of a login that is refused without the password', async () => {
    expect(await run({ credential: 'LOGIN', value: 1 })).toMatchObject({ output: { offset: expect.any(String) } });
    const refused = await run({ credential: 'WRONG', value: 1 });
    expect(refused).toMatchObject({
      error: { code: 'provider_refused', retryable: false, details: { error: 'SASL_AUTHENTICATION_FAILED' } },
    });
    expect(JSON.stringify(refused)).not.toContain('canary');
  });

  it('says what Kafka refused, and can be tried again when no broker is there', async () => {
    expect(await run({ topic: 'nowhere', value: 1 })).toMatchObject({
      error: { code: 'provider_refused', details: { error: 'UNKNOWN_TOPIC_OR_PARTITION' } },
    });
    expect(await run({ credential: 'DEAD', value: 1 })).toMatchObject({ error: { code: 'network', retryable: true } });
  });

  it('reaches no broker inside the house that is not allowed, whoever tells of it', async () => {
    expect(await run({ value: 1 }, { allow: [] })).toMatchObject({
      error: { code: 'egress_denied', retryable: false },
    });
    // The cluster tells of itself by 127.0.0.1, which only the name of the bootstrap broker was allowed to lead to.
    tries.vault['NAME'] = {
      type: 'kafka',
      values: { brokers: `localhost:${server.port}` },
      secrets: [],
      allowedHosts: null,
    };
    expect(await run({ credential: 'NAME', value: 1 }, { allow: ['localhost'] })).toMatchObject({
      error: { code: 'egress_denied' },
    });
    tries.vault['NAME'] = { ...tries.vault['NAME'], allowedHosts: ['localhost'] } as never;
    expect(await run({ credential: 'NAME', value: 1 }, { allow: ['localhost', '127.0.0.1'] })).toMatchObject({
      error: { code: 'credential_host_denied' },
    });
  });

  it('ends when its time is over', async () => {
    const late = await run({ value: 1 }, { timeoutMs: 1 });
    expect(late).toMatchObject({ error: { code: 'timeout', retryable: true } });
  });
});
