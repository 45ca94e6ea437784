/**
 * Two processes of the product on one PostgreSQL under a load of random workflows, while faults hit them. Everything that was
 * acknowledged has to end as the rules alone say; what was recorded must not have run again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { canonicalJson } from '../../packages/core/src/definition/canonical.ts';
import type { Json } from '../../packages/core/src/json.ts';
import { startEmbeddedPostgres } from '../../packages/server/src/kernel/embedded-postgres/embedded-postgres.ts';
import { silentLog } from '../../packages/server/src/kernel/log/log.ts';
import { type RunningServer, startServer } from '../../packages/server/testing/server.ts';
import { type Chance, createChance } from './chance.ts';
import { type EffectSink, startEffectSink } from './effect-sink.ts';
import { type FaultName, faults } from './fault-kinds.ts';
import { runLoad } from './load.ts';
import { type RandomWorkflow, randomWorkflow } from './random-workflow.ts';
import { type EffectVerdict, type Ledger, openLedger } from './verdict.ts';

export type FaultRunOptions = {
  readonly seconds: number;
  readonly seed?: number;
  readonly say: (text: string) => void;
};

export type FaultReport = {
  readonly seed: number;
  readonly acknowledged: number;
  readonly ended: number;
  /** How often each kind of fault was made. */
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  /** Executions acknowledged a second: undisturbed, and under faults. */
  readonly calm: number;
  readonly disturbed: number;
  readonly verdict: EffectVerdict;
  /** Checks of the journal that found something. */
  readonly damage: Record<string, readonly object[]>;
  /** Executions that did not end as the rules say. */
  readonly surprises: readonly object[];
};

/** What faults act on. */
export type Stage = {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly servers: RunningServer[];
  restart(index: number): Promise<void>;
  readonly chance: Chance;
};

const workflows = 24;
const clients = 24;
const calmShare = 0.25;

export async function faultRun({ seconds, seed, say }: FaultRunOptions): Promise<FaultReport> {
  const chance = createChance(seed);
  say(`seed ${chance.seed}; FAULT_SEED=${chance.seed} repeats this run`);
  const folder = await mkdtemp(join(tmpdir(), 'cloudflow-faults-'));
  const dataDir = join(folder, 'postgres');
  const postgres = await startEmbeddedPostgres({ dataDir, log: silentLog, progress: () => undefined });
  const sink = await startEffectSink(folder);
  const env = { DATABASE_URL: postgres.url, CLOUDFLOW_EGRESS_ALLOW: '127.0.0.1', CLOUDFLOW_LOG_LEVEL: 'error' };
  const first = await startServer({ env, dataDir: join(folder, 'a') });
  const { apiKey } = first;
  const servers = [first, await startServer({ env, apiKey, dataDir: join(folder, 'b') })];
  const ledger = openLater(() => openLedger(postgres.url));
  const stage: Stage = {
    databaseUrl: postgres.url,
    dataDir,
    servers,
    chance,
    async restart(index) {
      const { port, dataDir: own } = servers[index] as RunningServer;
      servers[index] = await startServer({ env, apiKey, port, dataDir: own, startTimeoutMs: 120_000 });
    },
  };
  try {
    return await judged(stage, { seconds, say, sink, ledger });
  } finally {
    for (const server of servers) await server.kill();
    await ledger.close();
    await sink.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

type Tools = {
  readonly seconds: number;
  readonly say: (text: string) => void;
  readonly sink: EffectSink;
  readonly ledger: ReturnType<typeof openLater>;
};

async function judged(stage: Stage, { seconds, say, sink, ledger }: Tools): Promise<FaultReport> {
  const { chance, servers } = stage;
  const all = Array.from({ length: workflows }, (_, n) => randomWorkflow(`random-${n}`, chance, sink));
  for (const { definition } of all) {
    const answer = await (servers[0] as RunningServer).api('POST', '/workflows', definition);
    if (answer.status !== 201) throw new Error(`not published: ${JSON.stringify(answer.json)}`);
  }
  let over = false;
  const load = runLoad({
    url: servers.map(({ url }) => url),
    apiKey: (servers[0] as RunningServer).apiKey,
    workflow: (n) => `random-${n % workflows}`,
    total: Number.POSITIVE_INFINITY,
    goesOn: () => !over,
    clients,
    waitOf: (n) => (n % 3 === 0 ? undefined : '10s'),
  });
  const calmMs = Math.max(4_000, seconds * 1_000 * calmShare);
  const stopped = load.finished.then(() => 'stopped' as const);
  await Promise.race([pause(calmMs), stopped]);
  const undisturbed = load.acknowledged.size;
  say(`calm: ${rate(undisturbed, calmMs)} executions/s; now the faults`);

  const made: Partial<Record<FaultName, number>> = {};
  const disturbedMs = seconds * 1_000 - calmMs;
  const until = Date.now() + disturbedMs;
  while (
    Date.now() < until &&
    (await Promise.race([pause(chance.between(1_000, 5_000), 'go on'), stopped])) === 'go on'
  ) {
    const name = faultNames[chance.between(0, faultNames.length)] ?? 'kill one process';
    made[name] = (made[name] ?? 0) + 1;
    say(`  ${name} (${load.acknowledged.size} acknowledged)`);
    await faults[name](stage);
  }
  over = true;
  await load.finished;
  const acknowledged = load.acknowledged.size;
  const book = await ledger.get();
  await book.allEnded(120_000);
  const surprises = await compared(book, all);
  return {
    seed: chance.seed,
    acknowledged,
    ended: (await book.rows(`select from workflow_executions where finished_at is not null`)).length,
    faults: made,
    calm: rate(undisturbed, calmMs),
    disturbed: rate(acknowledged - undisturbed, disturbedMs),
    verdict: await book.judgeRuns(sink.received(), 'effect%'),
    damage: await book.damage(),
    surprises,
  };
}

const faultNames = Object.keys(faults) as FaultName[];

function rate(count: number, milliseconds: number): number {
  return Math.round((count / milliseconds) * 10_000) / 10;
}

/** Executions that did not end as the rules alone say, under their workflow and input. */
async function compared(book: Ledger, all: readonly RandomWorkflow[]): Promise<readonly object[]> {
  type Row = { id: string; name: string; status: number; input: string; output: string | null; error: string | null };
  const rows = await book.rows<Row>(
    'select e.id, w.slug as name, e.status, e.input, e.output, e.error from workflow_executions e join workflows w on w.id = e.workflow_id',
  );
  const expected = new Map<string, string>();
  return rows.filter(({ name, status, input, output }) => {
    const key = `${name} ${input}`;
    const workflow = all.find(({ definition }) => definition.workflow_id === name);
    if (workflow === undefined) return true;
    const end = expected.get(key) ?? canonicalJson(workflow.expectedOutput(JSON.parse(input) as Json));
    expected.set(key, end);
    return status !== 2 || canonicalJson(JSON.parse(output ?? 'null') as Json) !== end;
  });
}

/** Opened when it is first needed: before that its server may be killed. */
function openLater(open: () => Promise<Ledger>) {
  let opened: Promise<Ledger> | undefined;
  return {
    get: (): Promise<Ledger> => {
      opened ??= open();
      return opened;
    },
    close: async (): Promise<void> => opened?.then((ledger) => ledger.close()).catch(() => undefined),
  };
}
