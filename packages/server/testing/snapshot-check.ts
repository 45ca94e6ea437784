/** The check that SQL cannot make: each snapshot is what the events up to its row amount to. */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { apply } from '@cloudflow/core/run/apply.ts';
import type { RunEvent } from '@cloudflow/core/run/event.ts';
import { createState } from '@cloudflow/core/run/state.ts';
import { planFor } from '../src/engine/child-trigger.ts';
import { checksumOf, snapshotText } from '../src/engine/snapshots/snapshot-text.ts';

type Rows = (sql: string) => Promise<readonly Record<string, unknown>[]>;

/** The executions whose snapshot is intact and says something else than their journal. */
export async function wrongSnapshots(
  rows: Rows,
  planOf: (versionId: string) => Promise<Plan>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const snapshots = await rows(
    'select s.*, e.version_id, e.trigger from execution_snapshots s join workflow_executions e on e.id = s.execution_id',
  );
  for (const { execution_id: id, version_id: versionId, trigger, checksum, ...of } of snapshots as readonly Stored[]) {
    if (!checksumOf(id, of).equals(checksum)) continue; // nobody takes it for anything
    const plan = planFor(await planOf(versionId), JSON.parse(trigger) as JsonObject);
    const state = createState(plan, { forgets: true });
    for (const event of await eventsOf(rows, id, of.seq)) apply(plan, state, event);
    if (snapshotText(state, [], Number.POSITIVE_INFINITY) !== of.data) wrong.push(id);
  }
  return wrong;
}

/** In a session that has just run the checks of the journal, which read the segments. */
async function eventsOf(rows: Rows, id: string, upTo: number): Promise<readonly RunEvent[]> {
  const older = await rows(
    `select data from pg_temp.whole_journal where execution_id = '${id}' and seq <= ${upTo} order by seq`,
  );
  return older.flatMap(({ data }) => JSON.parse(data as string) as RunEvent[]);
}

type Stored = Parameters<typeof checksumOf>[1] & {
  readonly execution_id: string;
  readonly version_id: string;
  readonly trigger: string;
  readonly checksum: Buffer;
};
