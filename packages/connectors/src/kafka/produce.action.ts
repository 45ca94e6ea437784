/** Writes a message to a topic of Kafka. */
import { credentialName, credentialOf, defineAction, providerRefused, serverErrors } from '@cloudflow/sdk/index.ts';
import Type, { type Static } from 'typebox';
import { asActionError, destroyConnections, openProducer } from './cluster.ts';

const config = Type.Object(
  {
    credential: credentialName('of the type `kafka`.'),
    topic: Type.String({
      pattern: '^[A-Za-z0-9._-]{1,249}$',
      description: 'It must be there: topics are not made by writing to them.',
    }),
    key: Type.Optional(
      Type.String({
        maxLength: 65_536,
        description: 'Messages with one key go to one partition, in order. Default: any partition.',
      }),
    ),
    value: Type.Unknown({ description: 'Text goes as it is, null as no value at all, everything else as JSON.' }),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
        maxProperties: 100,
        description:
          '`idempotency-key`, `traceparent` and `correlation-id` are sent unless they are set here. By the first, readers tell a ' +
          'repeat from a second message.',
      }),
    ),
    partition: Type.Optional(Type.Integer({ minimum: 0, description: 'Default: by the key.' })),
  },
  { additionalProperties: false },
);

type Config = Static<typeof config>;

export default defineAction({
  type: 'kafka.produce',
  title: 'Produce to Kafka',
  description:
    'Writes a message to a topic and waits until all replicas that are in sync have it. Within a try the producer is idempotent; a ' +
    'try whose answer is lost may have written, and the next one writes again, with the same `idempotency-key`.',
  category: 'messaging',
  icon: 'radio-tower',
  version: 1,
  config,
  output: Type.Object({
    topic: Type.String({ description: 'The topic.' }),
    partition: Type.Integer({ minimum: 0, description: 'Where the message is.' }),
    offset: Type.String({ description: 'Its number there, as text: it may be beyond 2^53.' }),
  }),
  errors: [
    providerRefused(
      '`details.error` is the error of Kafka, such as `UNKNOWN_TOPIC_OR_PARTITION` or `TOPIC_AUTHORIZATION_FAILED`.',
    ),
    ...serverErrors,
  ],
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { config: given, signal, tcp, timeoutMs } = context;
    const credential = await credentialOf(context, given.credential, ['kafka']);
    const producer = await openProducer(tcp, credential, { timeoutMs, idempotent: true });
    const stop = (): void => destroyConnections(producer);
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      const { offsets = [] } = await producer.send({ messages: [messageOf(given, context)] });
      const [written] = offsets;
      if (written === undefined) throw new Error('the broker did not say where it has put the message');
      return { topic: given.topic, partition: written.partition, offset: String(written.offset) };
    } catch (error) {
      throw asActionError(error);
    } finally {
      signal.removeEventListener('abort', stop);
      await producer.close().catch(stop);
    }
  },
});

type Marks = { readonly idempotencyKey: string; readonly traceparent: string; readonly correlationId: string };

function messageOf({ topic, key, value, headers = {}, partition }: Config, marks: Marks) {
  const own = {
    'idempotency-key': marks.idempotencyKey,
    traceparent: marks.traceparent,
    'correlation-id': marks.correlationId,
  };
  const all = Object.entries({ ...own, ...headers }).map(([name, text]): [string, string] => [name, String(text)]);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    topic,
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
    ...(value === null || value === undefined ? {} : { value: Buffer.from(text) }),
    headers: new Map(all),
    ...(partition === undefined ? {} : { partition }),
  };
}
