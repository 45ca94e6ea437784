/** Runs a program in our place: it has our terminal, gets our signals, and we end as it ended. */
import { spawn } from 'node:child_process';

/** @type {NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** npm repeats to us what the terminal has sent to us already; a person who means a second one is slower. */
const SAME_SIGNAL_MS = 1000;

/**
 * The program stays in our process group, on purpose: a kill of the group reaches both, and after a kill -9 of this
 * process alone nothing is left that the terminal or a process id could not end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
export function runInForeground(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
  for (const signal of FORWARDED) forward(signal, child);
  if (process.env['npm_lifecycle_event'] !== undefined) stopWhenOrphaned(child);
  child.on('error', (error) => {
    process.stderr.write(`cloudflow: ${command} cannot be run: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // Whoever waits for us is to see the same end; nothing of ours may swallow the signal.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const hasTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);

/**
 * Ctrl-C and a hang-up go from the terminal to the whole group, the program included: passing them on would double them.
 *
 * @param {NodeJS.Signals} signal
 * @param {import('node:child_process').ChildProcess} child
 */
function forward(signal, child) {
  let last = Number.NEGATIVE_INFINITY;
  process.on(signal, () => {
    const now = performance.now();
    const isRepeat = now - last < SAME_SIGNAL_MS;
    last = now;
    const hasItAlready = signal !== 'SIGTERM' && hasTerminal;
    if (!isRepeat && !hasItAlready) child.kill(signal);
  });
}

/**
 * npm gives its signals to the shell between it and us, and that shell dies of them without a word. Our parent's end is
 * how a `kill` of npm (by systemd, by a container) is seen here.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function stopWhenOrphaned(child) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 250);
  watch.unref();
}
