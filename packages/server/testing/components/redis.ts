/** A Redis for tests. */
import { emptyFolder, freePort, type RunningComponent, runServer } from './run-server.ts';

export async function startRedis(password: string): Promise<RunningComponent> {
  const port = await freePort();
  const folder = emptyFolder('redis');
  const settings = { port: String(port), bind: '127.0.0.1', save: '', dir: folder, requirepass: password };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return runServer({ program: 'redis-server', args, port, folder });
}
