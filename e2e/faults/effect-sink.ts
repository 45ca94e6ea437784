/** Starts the outside world of a fault test, and reads what it has received. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type ReceivedEffect = {
  readonly at: number;
  readonly path: string;
  readonly key: string | null;
  readonly body: string;
};

export type EffectSink = {
  readonly url: string;
  received(): readonly ReceivedEffect[];
  stop(): Promise<void>;
};

export async function startEffectSink(folder: string): Promise<EffectSink> {
  const file = join(folder, 'effects.jsonl');
  const program = new URL('./effect-sink-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [decodeURIComponent(program), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [port] = (await once(lines, 'line')) as [string];
  return {
    url: `http://127.0.0.1:${port}`,
    received: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as ReceivedEffect),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
