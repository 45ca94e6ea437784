/** What the journal and the outside world say about a run, held against each other. */
import pg from 'pg';
import { checkAtOneMoment } from '../../packages/server/testing/journal-checks.ts';
import type { ReceivedEffect } from './effect-sink.ts';

export type Ledger = {
  rows<T extends object = Record<string, unknown>>(text: string): Promise<T[]>;
  /** Until no execution is live. Bounded: says which are not. */
  allEnded(withinMs: number): Promise<void>;
  /** What must be empty. */
  damage(): Promise<Record<string, readonly object[]>>;
  /** Executions by status code. */
  statuses(): Promise<Record<number, number>>;
  /** How many were under way at those moments, by the times in their rows. */
  underWayAt(moments: readonly number[]): Promise<readonly number[]>;
  judge(effects: readonly ReceivedEffect[]): Promise<EffectVerdict>;
  /** The same where a step runs several times: runs are told apart by their keys. `named` as in SQL's `like`. */
  judgeRuns(effects: readonly ReceivedEffect[], named: string): Promise<EffectVerdict>;
  close(): Promise<void>;
};

export type EffectVerdict = {
  /** Under more than one key, or none. */
  readonly otherKeys: readonly string[];
  /** Received after the outcome of the step was recorded: a finished step ran again. */
  readonly afterOutcome: readonly string[];
  /** Steps that succeeded without an effect. */
  readonly withoutEffect: readonly string[];
  /** Steps whose effect came more often than its refusals explain: repeats after a crash, which the key makes harmless. */
  readonly repeated: number;
  readonly steps: number;
};

/** The clock of the outside world and that of the product are one; what is read from a socket may be a little late. */
const marginMs = 20;

export async function openLedger(url: string): Promise<Ledger> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // its server may be killed while nobody asks it anything
  await client.connect();
  const rows = async <T extends object>(text: string): Promise<T[]> => (await client.query<T>(text)).rows;

  return {
    rows,
    async allEnded(withinMs) {
      const deadline = Date.now() + withinMs;
      const live = `select id, status, wait_reason from workflow_executions where finished_at is null limit 5`;
      for (;;) {
        const left = await rows(live);
        if (left.length === 0) return;
        if (Date.now() > deadline) throw new Error(`not ended within ${withinMs} ms: ${JSON.stringify(left)}`);
        await client.query('select pg_sleep(0.05)');
      }
    },
    damage: () => checkAtOneMoment(rows),
    async statuses() {
      const counts = await rows<{ status: number; n: number }>(
        'select status, count(*)::int as n from workflow_executions group by status',
      );
      return Object.fromEntries(counts.map(({ status, n }) => [status, n]));
    },
    async underWayAt(moments) {
      const counts = await rows<{ n: number }>(`
        select (select count(*)::int from workflow_executions
                 where started_at < moment and (finished_at is null or finished_at > moment)) as n
          from unnest(array[${moments.map((at) => `'${new Date(at).toISOString()}'::timestamptz`).join()}])
               with ordinality as m (moment, place) order by place`);
      return counts.map(({ n }) => n);
    },
    async judge(effects) {
      const outcomes = await rows<Outcome>(`
        select v.execution_id as "executionId", o.event ->> 's' as step, (o.event ->> 'at')::float8 as at
          from execution_events v, json_array_elements(readable_json(v.data)) o (event)
         where o.event ->> 'e' = 'succeeded' and o.event ->> 's' in (${stepsOf(effects)})`);
      return judged(effects, outcomes);
    },
    async judgeRuns(effects, named) {
      const outcomes = await rows<{ key: string; at: number }>(`
        select e.root_id || '/' || coalesce(o.event ->> 'p' || '.', '') || (o.event ->> 's') || '/' ||
               coalesce(o.event ->> 'r', '0') || '/' || e.generation as key, (o.event ->> 'at')::float8 as at
          from workflow_executions e join execution_events v on v.execution_id = e.id,
               json_array_elements(readable_json(v.data)) o (event)
         where o.event ->> 'e' = 'succeeded' and o.event ->> 's' like ${pg.escapeLiteral(named)}`);
      const byRun = Map.groupBy(effects, ({ key }) => key ?? 'no key');
      return held(byRun, new Map(outcomes.map(({ key, at }) => [key, at])));
    },
    close: () => client.end(),
  };
}

type Outcome = { readonly executionId: string; readonly step: string; readonly at: number };

function stepsOf(effects: readonly ReceivedEffect[]): string {
  return [...new Set(effects.map(({ step }) => step))].map((step) => pg.escapeLiteral(step)).join(', ');
}

function judged(effects: readonly ReceivedEffect[], outcomes: readonly Outcome[]): EffectVerdict {
  const name = ({ executionId, step }: Pick<Outcome, 'executionId' | 'step'>) => `${executionId}/${step}`;
  const byStep = Map.groupBy(effects, name);
  const endedAt = new Map(outcomes.map((outcome) => [name(outcome), outcome.at]));
  return held(byStep, endedAt);
}

/** Effects and outcomes held against each other, by the name of what ran. */
function held(
  effects: ReadonlyMap<string, readonly ReceivedEffect[]>,
  endedAt: ReadonlyMap<string, number>,
): EffectVerdict {
  const names = [...effects.keys()];
  const of = (step: string) => effects.get(step) ?? [];
  return {
    otherKeys: names.filter((step) => new Set(of(step).map(({ key }) => key)).size !== 1 || of(step)[0]?.key === null),
    afterOutcome: names.filter((step) => of(step).some(({ at }) => at > (endedAt.get(step) ?? Infinity) + marginMs)),
    withoutEffect: [...endedAt.keys()].filter((step) => !effects.has(step)),
    repeated: names.filter((step) => of(step).filter(({ status }) => status === 200).length > 1).length,
    steps: names.length,
  };
}
