/**
 * What durable execution costs here, beside the ceiling of this machine in the same run.
 *
 *   npm run bench -- [--executions 20000] [--only text] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBareJournal } from './bare-journal.ts';
import { startBenchDatabase } from './database.ts';
import { startInProcess } from './in-process.ts';
import type { Measured } from './measure.ts';
import { startOverHttp } from './over-http.ts';
import { type Line, printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '20000' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const count = Number(values.executions);
const alone = Math.max(200, Math.round(count / 20));

const database = await startBenchDatabase();
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const lines: Line[] = [];

async function line(name: string, inFlight: number, work: () => Promise<Measured>): Promise<void> {
  if (!name.includes(values.only) && name !== CEILING) return;
  say(`${name}, ${inFlight} in flight …`);
  await database.checkpoint();
  lines.push({ name, inFlight, measured: await work() });
}

const CEILING = 'bare journal: 7 commits, nothing else';
const { wal } = database;
await line(CEILING, 200, () => benchBareJournal(database.url, { count, inFlight: 200, wal }));

const engine = await startInProcess(database.url, wal);
const [outcomes, pure] = [engine.plan('trivial'), engine.plan('transform')];
await line('in process: 5 recorded outcomes', 200, () => engine.run(outcomes, count, 200));
await line('in process: 5 pure steps', 200, () => engine.run(pure, count, 200));
await line('in process: 5 recorded outcomes, alone', 1, () => engine.run(outcomes, alone, 1));
await line('in process: 5 pure steps, alone', 1, () => engine.run(pure, alone, 1));
await engine.close();

const http = await startOverHttp(database.url, wal);
await line('HTTP ?wait: 5 pure steps', 200, () => http.run('transform', count, 200));
await line('HTTP ?wait: 5 recorded outcomes', 200, () => http.run('trivial', count, 200));
await line('HTTP ?wait: 5 pure steps, alone', 1, () => http.run('transform', alone, 1));
await line('HTTP ?wait: 5 recorded outcomes, alone', 1, () => http.run('trivial', alone, 1));
await http.close();
await database.stop();

const ceiling = lines[0]?.measured;
if (ceiling !== undefined) console.log(printTable(lines, ceiling));
const machine = { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, executions: count };
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, lines }, null, 2)}\n`);
