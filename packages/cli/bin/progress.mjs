/** Runs a command of the set-up: says what it does when that takes a while, and shows its output only when it fails. */
import { spawn } from 'node:child_process';

/** Nothing is printed about what is over sooner than this. */
const SILENT_MS = 1500;
const EVERY_MS = 10_000;

/**
 * @param {string} what a sentence for people, without a full stop
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptionsWithoutStdio} options
 * @returns {Promise<void>}
 */
export async function runWithProgress(what, command, args, options) {
  const begun = Date.now();
  const seconds = () => `${Math.round((Date.now() - begun) / 1000)} s`;
  let told = false;
  /** @param {string} line */
  const say = (line) => {
    told = true;
    process.stderr.write(`${line}\n`);
  };
  const first = setTimeout(() => say(`${what} …`), SILENT_MS);
  const again = setInterval(() => say(`${what} … ${seconds()}`), EVERY_MS);
  try {
    const { code, output } = await run(command, args, options);
    if (code !== 0) throw new Error(`${what} failed: "${command} ${args.join(' ')}" ended with ${code}\n${output}`);
  } finally {
    clearTimeout(first);
    clearInterval(again);
  }
  if (told) say(`${what}: done in ${seconds()}`);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptionsWithoutStdio} options
 * @returns {Promise<{ code: number | string, output: string }>}
 */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    /** @param {Buffer} chunk */
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (cause) => reject(new Error(`"${command}" cannot be run: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'nothing', output }));
  });
}
