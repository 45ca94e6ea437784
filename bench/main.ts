/**
 * What durable execution costs here, beside the ceiling of this machine in the same run.
 *
 *   npm run bench -- [--executions 20000] [--only text] [--long] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBareJournal } from './bare-journal.ts';
import { startBenchDatabase } from './database.ts';
import { startInProcess } from './in-process.ts';
import { type Figure, longRuns } from './long/index.ts';
import type { Measured } from './measure.ts';
import { startOverHttp } from './over-http.ts';
import { type Line, printFigures, printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '20000' },
    only: { type: 'string', default: '' },
    long: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const count = Number(values.executions);
const alone = Math.max(200, Math.round(count / 20));

const database = await startBenchDatabase();
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const isAsked = (name: string): boolean => name.includes(values.only);
const lines: Line[] = [];
const figures: Figure[] = [];

async function line(name: string, inFlight: number, work: () => Promise<Measured>): Promise<void> {
  if (!isAsked(name) && name !== CEILING) return;
  say(`${name}, ${inFlight} in flight …`);
  await database.checkpoint();
  lines.push({ name, inFlight, measured: await work() });
}

const CEILING = 'bare journal: 7 commits, nothing else';
const { wal, unfinished } = database;
await line(CEILING, 200, () => benchBareJournal(database.url, { count, inFlight: 200, wal }));

const engine = await startInProcess(database.url, wal);
const [outcomes, pure, more] = [
  engine.plan('five-trivial'),
  engine.plan('five-transform'),
  engine.plan('twenty-five-transform'),
];
await line('in process: 5 recorded outcomes', 200, () => engine.run(outcomes, count, 200));
await line('in process: 5 pure steps', 200, () => engine.run(pure, count, 200));
await line('in process: 25 pure steps', 200, () => engine.run(more, count, 200));
await line('in process: 5 recorded outcomes, alone', 1, () => engine.run(outcomes, alone, 1));
await line('in process: 5 pure steps, alone', 1, () => engine.run(pure, alone, 1));
await engine.close();

const http = await startOverHttp({ databaseUrl: database.url, wal, unfinished });
await line('HTTP ?wait: 5 pure steps', 200, () => http.run('five-transform', count, 200));
await line('HTTP ?wait: 25 pure steps', 200, () => http.run('twenty-five-transform', count, 200));
await line('HTTP ?wait: 5 recorded outcomes', 200, () => http.run('five-trivial', count, 200));
await line('HTTP ?wait: 5 pure steps, alone', 1, () => http.run('five-transform', alone, 1));
await line('HTTP ?wait: 5 recorded outcomes, alone', 1, () => http.run('five-trivial', alone, 1));
await line('HTTP start at 4,000/s: 5 pure steps', 200, () => http.startAtRate('five-transform', 4_000, 5));
await line('HTTP start at 4,000/s: 5 recorded outcomes', 200, () => http.startAtRate('five-trivial', 4_000, 5));
await line('HTTP batches of 100: accepted', 4, () => http.startBatches('five-transform', count, false));
await line('HTTP batches of 100: 5 pure steps, to the end', 4, () => http.startBatches('five-transform', count, true));
await line('HTTP ?wait: 10 branches that wait 1 s, alone', 1, () => http.run('ten-waits', 3, 1));
await line('HTTP ?wait: for_each over 1,000 items, alone', 1, () => http.run('thousand-items', 10, 1));
await line('HTTP ?wait: for_each over 10,000 items, alone', 1, () => http.run('ten-thousand-items', 5, 1));
await line('HTTP ?wait: loop of 100,000 rounds, alone', 1, () => http.run('hundred-thousand-rounds', 3, 1));
await http.close();

if (values.long) for (const run of longRuns) if (isAsked(run.name)) figures.push(...(await run.work(database, say)));
await database.stop();

const ceiling = lines[0]?.measured;
if (ceiling !== undefined) console.log(printTable(lines, ceiling));
if (figures.length > 0) console.log(`\n${printFigures(figures)}`);
const machine = { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, executions: count };
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, lines, figures }, null, 2)}\n`);
