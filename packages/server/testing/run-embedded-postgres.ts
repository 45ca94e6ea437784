/**
 * A program that runs the embedded server on the data directory it is given and prints one JSON line when it is ready, for
 * tests that kill it. It stops on SIGTERM and SIGINT.
 */
import { startEmbeddedPostgres } from '../src/kernel/embedded-postgres/embedded-postgres.ts';

const [dataDir = ''] = process.argv.slice(2);
const print = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const log = {
  info: () => undefined,
  warn: (details: object, message: string) => print({ message, ...details }),
  error: (details: object, message: string) => print({ message, ...details }),
};
try {
  const server = await startEmbeddedPostgres({ dataDir, log, progress: () => undefined });
  const alive = setInterval(() => undefined, 60_000);
  const stop = async () => {
    await server.stop();
    clearInterval(alive);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  print({ ready: true, url: server.url, pid: server.pid(), freshBoot: server.freshBoot });
} catch (error) {
  print({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
