/**
 * The oldest partitions, `…_survivors`, take over what is kept of a month, and the month goes.
 *
 * Bounds of a partition cannot be changed, so that new survivors are made beside the old ones, filled while everything runs,
 * and put in the place of both in one short transaction. It locks everybody out, which is what makes it safe: each write is
 * whole before it, and then noted by the triggers of `watchChanges`, or after it, and then finds the new partitions alone. Who
 * names an old one finds that there is none (42P01), however its statement was prepared: a change of the catalogue makes
 * PostgreSQL look the name up again.
 */
import pg from 'pg';
import { errorCode } from './errors.ts';
import { makeBeside, monthly, type OldMonth } from './partitions.ts';

/** For a lock that everybody else then waits behind. */
const lockWait = '200ms';
/** How long everybody is locked out at most, should this process stand still; and how long the swap itself may take. */
const longestStandstill = '1s';
const longestSwapMs = 800;

const triggers: Readonly<Record<string, string>> = {
  workflow_executions: 'note_changed_execution',
  execution_events: 'note_changed_journal',
};

export const survivorsOf = (parent: string): string => `${parent}_survivors`;
/** What is to be the survivors. */
export const nextOf = (parent: string): string => `${parent}_survivors_next`;
/** What was the survivors, and the month: no partitions any more, and to be dropped. */
export const retiredOf = (parent: string): readonly string[] => [`${parent}_survivors_old`, `${parent}_month_old`];

const monthOf = (parent: string, { month }: OldMonth): string => `${parent}_${month}`;
const leavesOf = (month: OldMonth): readonly string[] =>
  monthly.flatMap(({ parent }) => [survivorsOf(parent), monthOf(parent, month)]);

/** The lock was not to be had, or it took too long: nothing has happened, and it may be tried again. */
export class SwapRefusedError extends Error {
  override readonly name = 'SwapRefusedError';
}

/** From when this has returned, each committed write to what is below `month.before` stands in `retention_changes`. */
export async function watchChanges(client: pg.ClientBase, month: OldMonth): Promise<void> {
  await shortly(client, async () => {
    for (const { parent } of monthly)
      for (const leaf of [survivorsOf(parent), monthOf(parent, month)])
        await client.query(`
          create or replace trigger note_change after insert or update on ${pg.escapeIdentifier(leaf)}
            for each row execute function ${triggers[parent]}()`);
  });
}

/** Empty tables for the survivors of this month and of those before it. What an earlier try has left is dropped. */
export async function makeNextSurvivors(client: pg.ClientBase, { before }: OldMonth): Promise<void> {
  await shortly(client, async () => {
    for (const kind of monthly) {
      const table = pg.escapeIdentifier(nextOf(kind.parent));
      const id = kind.parent === 'workflow_executions' ? 'id' : 'execution_id';
      await client.query(`drop table if exists ${table}`);
      await makeBeside(client, kind, nextOf(kind.parent));
      // With it, attaching has nothing to read through.
      await client.query(`alter table ${table} add constraint below_bound check (${id} < '${before}')`);
    }
  });
}

/** `lastly` runs when nobody else can write: it brings the new tables up to date, and says in the database that it is done. */
export async function swapSurvivors(
  client: pg.ClientBase,
  month: OldMonth,
  lastly: () => Promise<void>,
): Promise<void> {
  await shortly(client, async () => {
    const parents = monthly.map(({ parent }) => `only ${parent}`);
    const leaves = leavesOf(month).map((leaf) => pg.escapeIdentifier(leaf));
    await client.query(`lock table ${[...parents, ...leaves].join(', ')} in access exclusive mode`);
    const until = performance.now() + longestSwapMs;
    await lastly();
    for (const { parent } of monthly) await client.query(swap(parent, month));
    if (performance.now() > until) throw new SwapRefusedError('it took too long, with everybody waiting');
  });
}

function swap(parent: string, month: OldMonth): string {
  const [survivors, next, monthly] = [survivorsOf(parent), nextOf(parent), monthOf(parent, month)].map((name) =>
    pg.escapeIdentifier(name),
  );
  const [oldSurvivors, oldMonth] = retiredOf(parent).map((name) => pg.escapeIdentifier(name));
  return `
    alter table ${parent} detach partition ${survivors};
    alter table ${parent} detach partition ${monthly};
    alter table ${survivors} rename to ${oldSurvivors};
    alter table ${monthly} rename to ${oldMonth};
    revoke all on ${oldSurvivors}, ${oldMonth} from cloudflow_engine;
    alter table ${next} rename to ${survivors};
    alter table ${parent} attach partition ${survivors} for values from (minvalue) to ('${month.before}');
    alter table ${survivors} drop constraint below_bound`;
}

export async function dropRetired(client: pg.ClientBase): Promise<void> {
  const names = monthly.flatMap(({ parent }) => retiredOf(parent)).map((name) => pg.escapeIdentifier(name));
  await client.query(`drop table if exists ${names.join(', ')}`);
}

/** One transaction that gives up rather than let others wait. */
async function shortly(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`
      set local lock_timeout = '${lockWait}'; set local statement_timeout = '${longestStandstill}';
      set local idle_in_transaction_session_timeout = '${longestStandstill}'`);
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    const code = errorCode(error);
    const isRefusal = code === '55P03' || code === '57014' || code === '40P01';
    throw isRefusal ? new SwapRefusedError('somebody holds what it needs', { cause: error }) : error;
  }
}
