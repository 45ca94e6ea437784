/**
 * DBOS as its documentation shows it: a workflow of five steps, called in the process that runs it. Prints what was measured
 * as one line of JSON.
 *
 *   node dbos-process.ts URL COUNT IN_FLIGHT
 */
import pg from 'pg';
import { measure } from '../measure.ts';
import { importPeer } from './install.ts';

type Dbos = {
  setConfig(config: object): void;
  registerWorkflow<Input, Output>(work: (input: Input) => Promise<Output>, options: object): typeof work;
  runStep<Output>(work: () => Promise<Output>, options: { name: string }): Promise<Output>;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
};

const [url = '', count = '0', inFlight = '1'] = process.argv.slice(2);
const { DBOS } = await importPeer<{ DBOS: Dbos }>('@dbos-inc/dbos-sdk');

DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, logLevel: 'error', runAdminServer: false });
const five = DBOS.registerWorkflow(
  async (input: { readonly name: string }) => {
    for (let step = 0; step < 5; step += 1) {
      await DBOS.runStep(() => Promise.resolve({ ok: true, name: input.name }), { name: `step-${step}` });
    }
    return 'done';
  },
  { name: 'five' },
);
await DBOS.launch();

const client = new pg.Client({ connectionString: url });
await client.connect();
const measured = await measure({
  count: Number(count),
  inFlight: Number(inFlight),
  warmUp: Math.min(300, Number(count)),
  async run() {
    if ((await five({ name: 'customer' })) !== 'done') throw new Error('a workflow did not complete');
  },
  async wal() {
    const { rows } = await client.query<{ bytes: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as bytes`,
    );
    return BigInt(rows[0]?.bytes ?? 0);
  },
});
console.log(JSON.stringify(measured));
await client.end();
await DBOS.shutdown();
process.exit(0);
