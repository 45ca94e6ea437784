/** A broker of Kafka for tests, in KRaft mode; with a listener for everybody and one for a user with a password. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import { kafkaJars } from './find.ts';
import { emptyFolder, freePort, type RunningComponent, runServer } from './run-server.ts';

export type RunningKafka = RunningComponent & {
  /** Where it asks for a login. */
  readonly loginPort: number;
};

export const kafkaLogin = { username: 'app', password: 'canary-of-kafka' };

const jvm = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', join(kafkaJars, '*')];

export async function startKafka({ topics }: { readonly topics: string[] }): Promise<RunningKafka> {
  const [port, loginPort, controller] = await Promise.all([freePort(), freePort(), freePort()]);
  const folder = emptyFolder('kafka');
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, settings({ folder, port, loginPort, controller }));
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', properties];
  await promisify(execFile)('java', [...jvm, ...format]);
  const running = await runServer({ program: 'java', args: [...jvm, 'kafka.Kafka', properties], port, folder });
  const admin = new Admin({ clientId: 'tests', bootstrapBrokers: [`127.0.0.1:${port}`] });
  await admin.createTopics({ topics, partitions: 3, replicas: 1 });
  await admin.close();
  return { ...running, loginPort };
}

type Ports = { readonly port: number; readonly loginPort: number; readonly controller: number };

function settings({ folder, port, loginPort, controller }: Ports & { readonly folder: string }): string {
  const { username, password } = kafkaLogin;
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${loginPort},CONTROLLER://127.0.0.1:${controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
`;
}
