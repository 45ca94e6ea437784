/** The program: what the process was started with goes in, and it ends with the number that comes out. */
import { enableCompileCache } from 'node:module';
import { commands } from './command/index.ts';
import { exitCodes } from './failure/exit-codes.ts';
import { runProgram } from './program/run-program.ts';
import { processWorld } from './world.ts';

enableCompileCache();
/** After Ctrl-C. */
const longestEndMs = 10_000;

// Who reads our output may stop reading, as `head` does: there is nothing left to say then.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.ok.code);
  });
}

process.exitCode = await runProgram({ world: processWorld(), commands, interruption });

/** The first Ctrl-C asks the command to end, and waits for it as long as a person does; the second ends it. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted.code);
      controller.abort();
      setTimeout(() => process.exit(exitCodes.interrupted.code), longestEndMs).unref();
    });
  }
  return controller.signal;
}
