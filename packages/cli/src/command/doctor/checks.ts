/** What `cloudflow doctor` looks at on this machine; each answers, and none throws. */
import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import type { World } from '../../world.ts';

export type Finding = {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
};

const oldestNode = 24;
const oldestPostgres = 15;
const gigabyte = 1024 ** 3;
/** Tokens and signatures with a time are refused beyond such a difference. */
const mostSkewMs = 60_000;
const noticedSkewMs = 2_000;
const connectMs = 5_000;

export function checkNode(): Finding {
  const { node } = process.versions;
  const found = `${node} (${process.execPath})`;
  if (Number.parseInt(node, 10) >= oldestNode) return { check: 'Node', status: 'ok', found };
  return { check: 'Node', status: 'fail', found, remedy: `Install Node ${oldestNode} or newer.` };
}

export function dataFolder({ environment, cwd }: World): string {
  return resolve(cwd, environment['CLOUDFLOW_DATA_DIR'] || './.cloudflow');
}

export function checkDataFolder(folder: string): Finding {
  const check = 'data directory';
  const there = nearest(folder);
  try {
    accessSync(there, constants.W_OK);
  } catch {
    return {
      check,
      status: 'fail',
      found: `${there} cannot be written`,
      remedy: 'Name another with CLOUDFLOW_DATA_DIR, or change its owner.',
    };
  }
  const isMade = existsSync(join(folder, 'postgres'));
  return { check, status: 'ok', found: isMade ? folder : `${folder}, which the first start makes` };
}

export async function checkDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(nearest(folder));
  const free = bavail * bsize;
  const found = `${(free / gigabyte).toFixed(1)} GB free`;
  const remedy = 'Make room: PostgreSQL stops when the disk is full.';
  if (free < gigabyte / 4) return { check: 'disk', status: 'fail', found, remedy };
  return free < gigabyte ? { check: 'disk', status: 'warn', found, remedy } : { check: 'disk', status: 'ok', found };
}

function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

/** Whether a server could be started here; one of ours that runs already is no problem. */
export async function checkPort({ environment }: World, isOurs: boolean): Promise<Finding> {
  const port = Number(environment['PORT'] || 8080);
  const host = environment['HOST'] || '127.0.0.1';
  if (isOurs) return { check: 'port', status: 'ok', found: `${host}:${port}, where the server listens` };
  const code = await new Promise<string | null>((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => done(null)));
  });
  if (code === null) return { check: 'port', status: 'ok', found: `${host}:${port} is free` };
  return {
    check: 'port',
    status: 'warn',
    found: `${host}:${port} cannot be taken (${code})`,
    remedy: 'Start the server on another: cloudflow start --port 9000.',
  };
}

/** Of the database that the environment names; without one the server brings its own. */
export async function checkPostgres({ environment }: World): Promise<readonly Finding[]> {
  const check = 'PostgreSQL';
  const url = environment['DATABASE_URL'];
  if (!url) return [{ check, status: 'ok', found: 'the embedded one; DATABASE_URL names none' }];
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMs, query_timeout: connectMs });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; number: string; now: Date }>(
      "select current_setting('server_version') as version, current_setting('server_version_num') as number, now()",
    );
    const [row] = rows;
    if (row === undefined) return [{ check, status: 'fail', found: 'it answered nothing' }];
    const isNew = Number(row.number) >= oldestPostgres * 10_000;
    const old = { remedy: `Use PostgreSQL ${oldestPostgres} or newer.` };
    return [
      { check, status: isNew ? 'ok' : 'fail', found: row.version, ...(isNew ? {} : old) },
      checkClock('clock of PostgreSQL', row.now.getTime()),
    ];
  } catch (error) {
    // Only the message: an address may hold a password.
    const found = error instanceof Error ? error.message || error.name : String(error);
    return [
      {
        check,
        status: 'fail',
        found,
        remedy: 'Look at DATABASE_URL, and whether the database is up and lets this machine in.',
      },
    ];
  } finally {
    await client.end().catch(() => undefined);
  }
}

export function checkClock(check: string, theirs: number): Finding {
  const skew = Math.abs(Date.now() - theirs);
  const found = `differs by ${(skew / 1000).toFixed(1)} s from this machine's`;
  const remedy = 'Let both follow a time server (NTP).';
  if (skew > mostSkewMs) return { check, status: 'fail', found, remedy };
  return skew > noticedSkewMs ? { check, status: 'warn', found, remedy } : { check, status: 'ok', found };
}

/** As it stands in the environment of this shell, for a server that is started from it. */
export function checkEgress({ environment }: World): Finding {
  const check = 'egress';
  const allowed = environment['CLOUDFLOW_EGRESS_ALLOW'] ?? '';
  if (allowed.trim() === '') return { check, status: 'ok', found: 'workflows reach public addresses only' };
  const isWide = allowed.split(',').some((each) => /\/[0-7]$/.test(each.trim()));
  if (!isWide) return { check, status: 'ok', found: `also ${allowed}` };
  return {
    check,
    status: 'warn',
    found: `${allowed} lets workflows reach nearly everything`,
    remedy: 'Name the hosts that are needed in CLOUDFLOW_EGRESS_ALLOW.',
  };
}
