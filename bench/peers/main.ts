/**
 * CloudFlow beside its peers: the same five steps with recorded outcomes, on this machine, one after the other in one run.
 *
 *   npm run bench:peers -- [--executions 5000]
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import pg from 'pg';
import { benchBareJournal } from '../bare-journal.ts';
import { startBenchDatabase } from '../database.ts';
import { startInProcess } from '../in-process.ts';
import type { Measured } from '../measure.ts';
import { startOverHttp } from '../over-http.ts';
import { installPeers, peerVersions, versionOf } from './install.ts';
import { printPairs } from './pairs.ts';
import { startRestate } from './restate.ts';

const { values } = parseArgs({ options: { executions: { type: 'string', default: '5000' } } });
const count = Number(values.executions);
const alone = Math.max(100, Math.round(count / 20));
const IN_FLIGHT = 200;

installPeers();
const database = await startBenchDatabase();
const { wal } = database;

async function say<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  console.error(`${what} …`);
  await database.checkpoint();
  return await work();
}

const ceiling = await say('bare journal', () => benchBareJournal(database.url, { count, inFlight: IN_FLIGHT, wal }));
const engine = await startInProcess(database.url, wal);
const plan = engine.plan('five-trivial');
const inProcess = await say('CloudFlow in process', () => engine.run(plan, count, IN_FLIGHT));
const inProcessAlone = await say('CloudFlow in process, alone', () => engine.run(plan, alone, 1));
await engine.close();
const dbosUrl = await createDatabase('dbos');
const dbos = await say('DBOS in process', () => runDbos(dbosUrl, count, IN_FLIGHT));
const dbosAlone = await say('DBOS in process, alone', () => runDbos(dbosUrl, alone, 1));

const http = await startOverHttp({ databaseUrl: database.url, wal, unfinished: database.unfinished });
const overHttp = await say('CloudFlow over HTTP', () => http.run('five-trivial', count, IN_FLIGHT));
const overHttpAlone = await say('CloudFlow over HTTP, alone', () => http.run('five-trivial', alone, 1));
await http.close();
const restateServer = await startRestate();
const restate = await say('Restate over HTTP', () => restateServer.run(count, IN_FLIGHT));
const restateAlone = await say('Restate over HTTP, alone', () => restateServer.run(alone, 1));
await restateServer.stop();
await database.stop();

const [dbosName, restateName] = [
  `DBOS ${await versionOf(peerVersions.dbos)}`,
  `Restate ${await versionOf(peerVersions.restate)}`,
];
console.log(
  printPairs(ceiling, [
    { what: 'in process', inFlight: IN_FLIGHT, ours: inProcess, peer: dbos, peerName: dbosName },
    { what: 'in process', inFlight: 1, ours: inProcessAlone, peer: dbosAlone, peerName: dbosName },
    { what: 'over HTTP', inFlight: IN_FLIGHT, ours: overHttp, peer: restate, peerName: restateName },
    { what: 'over HTTP', inFlight: 1, ours: overHttpAlone, peer: restateAlone, peerName: restateName },
  ]),
);

async function createDatabase(name: string): Promise<string> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function runDbos(url: string, executions: number, inFlight: number): Promise<Measured> {
  const program = join(import.meta.dirname, 'dbos-process.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, url, String(executions), String(inFlight)]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
}
