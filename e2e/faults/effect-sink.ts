/** Starts the outside world of a fault test, and reads what it has received. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** One call. A definition calls `<url>/<execution id>/<step id>`. */
export type ReceivedEffect = {
  /** When its head had come, in milliseconds since the epoch. */
  readonly at: number;
  readonly executionId: string;
  readonly step: string;
  readonly key: string | null;
  readonly status: number;
};

export type EffectSink = {
  readonly url: string;
  received(): readonly ReceivedEffect[];
  stop(): Promise<void>;
};

const program = fileURLToPath(new URL('./effect-sink-process.ts', import.meta.url));

export async function startEffectSink(folder: string): Promise<EffectSink> {
  const file = join(folder, 'effects.jsonl');
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const leave = () => void child.kill('SIGKILL');
  process.once('exit', leave);
  const lines = createInterface({ input: child.stdout });
  const [port] = (await once(lines, 'line')) as [string];
  return {
    url: `http://127.0.0.1:${port}`,
    received: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map(readEffect),
    async stop() {
      process.off('exit', leave);
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function readEffect(line: string): ReceivedEffect {
  const { at, path, key, status } = JSON.parse(line) as Omit<ReceivedEffect, 'executionId' | 'step'> & {
    readonly path: string;
  };
  const [, executionId = '', step = ''] = path.split('/');
  return { at, executionId, step, key, status };
}
