/** Runs the command line as a shell does. */
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../packages/cli/bin/cloudflow.mjs', import.meta.url));

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type RunOptions = {
  /** What stands in stdin; nothing when absent. */
  readonly input?: string;
  /** Sends Ctrl-C as soon as stdout holds this. */
  readonly interruptOn?: string;
};
export type Cli = ReturnType<typeof createCli>;

export function createCli({ cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(CLOUDFLOW_|NO_COLOR$|FORCE_COLOR$|npm_)/.test(name),
  );
  const environment = {
    ...Object.fromEntries(inherited),
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    CLOUDFLOW: program,
    ...env,
  };
  const run = (words: readonly string[], options: RunOptions = {}) =>
    end(spawn(process.execPath, [program, ...words], { cwd, env: environment }), options);
  return {
    run,
    /** What is on stdout with `-o json`, after a success. */
    async json(words: readonly string[]): Promise<unknown> {
      const { code, stdout, stderr } = await run([...words, '-o', 'json']);
      if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    /** Goes on until it is interrupted. */
    begin(words: readonly string[]) {
      const child = spawn(process.execPath, [program, ...words], { cwd, env: environment });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      const ended = end(child, {});
      return {
        stderr: () => stderr,
        interrupt: () => {
          child.kill('SIGINT');
          return ended.then(({ code }) => code);
        },
      };
    },
    /** A line of a shell, in which `$CLOUDFLOW` is the program. */
    shell: (line: string, options: RunOptions = {}) =>
      end(spawn('bash', ['-c', line], { cwd, env: environment }), options),
  };
}

function end(child: ReturnType<typeof spawn>, { input = '', interruptOn }: RunOptions): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  let isInterrupted = false;
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (interruptOn === undefined || isInterrupted || !stdout.includes(interruptOn)) return;
    isInterrupted = true;
    child.kill('SIGINT');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
