import type { ActionTcp } from '@cloudflow/sdk/index.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { asActionError, type KafkaProducer, openProducer } from './cluster.ts';

const producers: KafkaProducer[] = [];
afterEach(async () => {
  for (const producer of producers.splice(0)) await producer.close();
});

/** Brokers whose names begin with `public` are on the internet. Nothing listens at either address. */
const tcp: ActionTcp = {
  connect: () => Promise.reject(new Error('the driver opens its sockets by itself')),
  addressOf: async ({ host }) => ({ address: '127.0.0.1', isPublic: host.startsWith('public') }),
};

/** How a connection to a broker that the cluster told of fails. */
async function told(host: string, values: Readonly<Record<string, string>>): Promise<unknown> {
  const all = { brokers: 'private.example:1', ...values };
  const producer = await openProducer(tcp, { type: 'kafka', values: all }, { timeoutMs: 1_000, idempotent: false });
  producers.push(producer);
  const failed = await new Promise<Error | null>((resolve) => {
    producer.connections.get({ host, port: 1 }, (error) => resolve(error));
  });
  return asActionError(failed);
}

describe('a broker that the cluster tells of', () => {
  it('is not written to in plain text over the internet, where the first broker is in a private network', async () => {
    expect(await told('public.example', {})).toMatchObject({ code: 'credential_unusable' });
  });

  it('is, when the credential says so, or it is in a private network too', async () => {
    expect(await told('public.example', { tls: 'off' })).toMatchObject({ code: 'network' });
    expect(await told('other.example', {})).toMatchObject({ code: 'network' });
  });
});
