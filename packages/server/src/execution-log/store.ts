/** Every SQL statement of the logs of executions. */
import type { Database, Tx } from '../kernel/db/database.ts';
import { sql } from '../kernel/sql/sql.ts';
import { type Level, levels, type StoredLine, sizeOf } from './log-line.ts';

export type LogSize = { readonly executionId: string; readonly lines: number; readonly characters: number };

/** Counts the lines of some executions, and says how many each had before. In the order of ids: who counts too waits, never in a circle. */
export async function countLines(tx: Tx, byExecution: ReadonlyMap<string, readonly StoredLine[]>): Promise<LogSize[]> {
  const all = [...byExecution];
  const ids = all.map(([id]) => id);
  const tenants = all.map(([, lines]) => lines[0]?.tenantId ?? '');
  const counts = all.map(([, lines]) => lines.length);
  const characters = all.map(([, lines]) => lines.reduce((sum, line) => sum + sizeOf(line), 0));
  const rows = await tx.rows<{
    executionId: string;
    lines: number;
    characters: bigint;
    addedLines: number;
    added: number;
  }>(sql`
    insert into execution_log_sizes as s (execution_id, tenant_id, lines, characters)
    select * from unnest(${ids}::uuid[], ${tenants}::uuid[], ${counts}::int4[], ${characters}::int4[]) a order by 1
        on conflict (execution_id) do update set lines = s.lines + excluded.lines, characters = s.characters + excluded.characters
    returning execution_id as "executionId", lines, characters`);
  return rows.map(({ executionId, lines, characters: total }) => {
    const at = ids.indexOf(executionId);
    return { executionId, lines: lines - (counts[at] ?? 0), characters: Number(total) - (characters[at] ?? 0) };
  });
}

export async function insertLines(tx: Tx, lines: readonly StoredLine[]): Promise<void> {
  await tx.execute(sql`
    insert into execution_logs (execution_id, tenant_id, at, attempt, level, source, step, message, fields)
    select * from unnest(
      ${lines.map(({ executionId }) => executionId)}::uuid[], ${lines.map(({ tenantId }) => tenantId)}::uuid[],
      ${lines.map(({ at }) => new Date(at))}::timestamptz[], ${lines.map(({ attempt }) => attempt)}::int4[],
      ${lines.map(({ level }) => levels.indexOf(level))}::int2[], ${lines.map(({ source }) => source)}::text[],
      ${lines.map(({ step }) => step)}::text[], ${lines.map(({ message }) => message)}::text[],
      ${lines.map(({ fields }) => fields)}::text[])`);
}

export type LineRow = {
  readonly id: bigint;
  readonly at: Date;
  readonly attempt: number;
  readonly level: number;
  readonly source: string;
  readonly step: string;
  readonly message: string;
  readonly fields: string | null;
};

export type LinePage = {
  readonly executionId: string;
  readonly step: string | null;
  /** This one and those above it. */
  readonly level: Level;
  readonly after: bigint;
  readonly limit: number;
};

export function readLines(database: Database, tenantId: string, page: LinePage): Promise<LineRow[]> {
  return database.query(
    { role: 'app', tenantId },
    sql`
    select id, at, attempt, level, source, step, message, fields from execution_logs
     where tenant_id = ${tenantId} and execution_id = ${page.executionId} and id > ${page.after}
       and level >= ${levels.indexOf(page.level)} and (${page.step}::text is null or step = ${page.step})
     order by id limit ${page.limit}`,
  );
}

/** How many lines were told that are not kept. */
export async function countDropped(database: Database, tenantId: string, executionId: string): Promise<number> {
  const [row] = await database.query<{ dropped: number }>(
    { role: 'app', tenantId },
    sql`
    select s.lines - (select count(*)::int from execution_logs l where l.execution_id = s.execution_id) as dropped
      from execution_log_sizes s where s.tenant_id = ${tenantId} and s.execution_id = ${executionId}`,
  );
  return row?.dropped ?? 0;
}
