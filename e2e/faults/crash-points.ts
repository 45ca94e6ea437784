/** The places where the product is killed, one after the other, and what happens meanwhile. */

import type { PlayName } from './crash-plays.ts';
import type { Armed, CrashPlace, EffectPlace, StatementPlace } from './crash-point.ts';

export type CrashPoint = Armed & {
  readonly play: PlayName;
  /**
   * When the point is armed: before the play (absent), when the product, killed while `effect_slow` was out, comes back
   * (`recovery`), or when it is told to stop while it is out (`stop`).
   */
  readonly armedFor?: 'recovery' | 'stop';
  /**
   * Effects that come twice, under one key: those whose outcome was not on disk. All others come once. `any`: what was out just
   * then is not the same each time.
   */
  readonly repeats?: readonly string[] | 'any';
  /** A step with `at_most_once` may have run, and is not tried again: the execution fails, with these effects and no others. */
  readonly unknownOutcome?: readonly string[];
};

type More = Omit<CrashPoint, keyof Armed | 'play'> & Pick<Armed, 'passage'>;
const point = (name: string, play: PlayName, place: CrashPlace, more: More = {}): CrashPoint => ({
  name,
  play,
  place,
  ...more,
});

/** The letters of the parts that a flush has stand in its name, in their order: see flush-statement.ts. */
const flush = (part: string, moment: StatementPlace['moment']): CrashPlace => ({
  statement: `^flush_[a-z]*${part}`,
  moment,
});
const sql = (statement: string, moment: StatementPlace['moment']): CrashPlace => ({ statement, moment });
const call = (effect: string, moment: EffectPlace['moment']): CrashPlace => ({ effect, moment });

const starts = 's';
const rows = 'r';
const armed = 'a';
const disarmed = 'd';
const consumed = 'c';
const sent = 'm';
const children = 'n';
const places = 'p';
const leaving = 'l';

const signal = `kind = 'signal' limit`;
const command = `kind in \\('cancel', 'pause', 'resume'\\)`;
const batchKeys = 'insert into execution_keys \\(tenant_id';
const takenShards = `nextval\\('shard_epochs'\\)`;
const renewal = `lease_until = now\\(\\)[^]*from ours`;
const owners = 'insert into attempt_owners';
const report = 'update attempt_owners set ended';
const rowsOfExecutions = 'e.parent_id as "parentId"[^]*from workflow_executions';
const first = ['effect_first'];
const slow = ['effect_slow'];

export const crashPoints: readonly CrashPoint[] = [
  point('a start is decided, not sent', 'everything', flush(starts, 'before')),
  point('a start is sent, not answered', 'everything', flush(starts, 'sent')),
  point('a start is committed, nobody knows', 'everything', flush(starts, 'answered')),
  point('the answer to a start is not written', 'everything', { answer: 'POST /api/v1/workflows/everything/execute' }),
  point('the first call has not left', 'everything', call('effect_first', 'before')),
  point('the first call is answered, nobody has read it', 'everything', call('effect_first', 'answered'), {
    repeats: first,
  }),
  point('an outcome and the timer after it are not sent', 'everything', flush(armed, 'before'), { repeats: first }),
  point('an outcome and the timer after it are committed', 'everything', flush(armed, 'answered')),
  point('a timer rings', 'everything', { timer: 'ring' }),
  point('what a timer led to is not sent', 'everything', flush(disarmed, 'before')),
  point('what a timer led to is committed', 'everything', flush(disarmed, 'answered')),
  point('a signal is stored, not committed', 'everything', sql(signal, 'committing')),
  point('a signal is committed, its sender does not know', 'everything', sql(signal, 'committed')),
  point('a signal is heard, not consumed', 'everything', flush(consumed, 'before')),
  point('a signal is consumed', 'everything', flush(consumed, 'answered')),
  point('a child is decided, not sent', 'everything', flush(children, 'before')),
  point('a child is started with its parent', 'everything', flush(children, 'answered')),
  point('a call of a child is answered, nobody has read it', 'everything', call('effect_child', 'answered'), {
    repeats: ['effect_child'],
  }),
  point('the first message to another is not sent', 'everything', flush(sent, 'before'), {
    repeats: ['effect_child'],
  }),
  point('the first message to another is committed', 'everything', flush(sent, 'answered')),
  point('the second message to another is committed', 'everything', flush(sent, 'answered'), { passage: 1 }),
  point('a place is given, not sent', 'everything', flush(places, 'before')),
  point('a place is given and committed', 'everything', flush(places, 'answered')),
  point('a place is left, not sent', 'everything', flush(leaving, 'before'), { repeats: 'any' }),
  point('a place is left, nobody has got it', 'queue', flush(leaving, 'answered'), { repeats: 'any' }),
  point('a branch of two is answered, nobody has read it', 'everything', call('effect_left', 'answered'), {
    repeats: 'any',
  }),
  point('a retry has not left', 'everything', call('effect_refused', 'before'), { passage: 1 }),
  point('a cancel is stored, not committed', 'undone', sql(command, 'committing')),
  point('a cancel is committed, its sender does not know', 'undone', sql(command, 'committed')),
  point('a cancel is heard, not consumed', 'undone', flush(consumed, 'before')),
  point('a cancel is consumed, nothing is undone', 'undone', flush(consumed, 'answered')),
  point('the first of two is undone, nobody knows', 'undone', call('undo_b', 'answered'), { repeats: ['undo_b'] }),
  point('the first of two is undone, the second call has not left', 'undone', call('undo_a', 'before')),
  point('a try that runs once at most is decided, not sent', 'once', flush(starts, 'before')),
  point('a try that runs once at most is committed, not handed out', 'once', flush(rows, 'answered'), {
    unknownOutcome: [],
  }),
  point('a try that runs once at most is answered, nobody has read it', 'once', call('effect_first', 'answered'), {
    unknownOutcome: first,
  }),
  point('the keys of a batch are taken, its starts are not', 'batch', sql(batchKeys, 'answered')),
  point('a batch is stored, not committed', 'batch', sql(batchKeys, 'committing')),
  point('a batch is committed, nobody knows', 'batch', sql(batchKeys, 'committed')),
  point('a large value is stored, not committed', 'large', sql('insert into blobs', 'committing')),
  point('a large value is committed, its execution is not', 'large', sql('insert into blobs', 'committed')),
  point('a definition is stored, not committed', 'publish', sql('insert into workflow_versions', 'committing')),
  point('a definition is committed, nobody knows', 'publish', sql('insert into workflow_versions', 'committed')),
  point('the leases are renewed', 'slow', sql(renewal, 'answered'), { repeats: 'any' }),
  ...(['before', 'answered'] as const).map((moment) =>
    point(`a new owner takes its shards: ${moment}`, 'slow', sql(takenShards, moment), {
      armedFor: 'recovery',
      repeats: slow,
    }),
  ),
  point('a load is counted, not made', 'slow', sql('insert into crash_suspects', 'committed'), {
    armedFor: 'recovery',
    repeats: slow,
  }),
  point('executions are read', 'slow', sql(rowsOfExecutions, 'answered'), { armedFor: 'recovery', repeats: slow }),
  point('what moved again is not absolved', 'slow', sql('delete from crash_suspects', 'committing'), {
    armedFor: 'recovery',
    repeats: slow,
  }),
  point('the tries of a process that stops are not written down', 'slower', sql(owners, 'committing'), {
    armedFor: 'stop',
    repeats: slow,
  }),
  point('its tries are written down, its shards are its own', 'slower', sql(owners, 'committed'), {
    armedFor: 'stop',
    repeats: slow,
  }),
  point('its shards are given away', 'slower', sql('set owner = null', 'answered'), {
    armedFor: 'stop',
    repeats: slow,
  }),
  point('the report of a try that moved is not committed', 'slower', sql(report, 'committing'), {
    armedFor: 'stop',
    repeats: slow,
  }),
  point('the report of a try that moved is committed', 'slower', sql(report, 'committed'), { armedFor: 'stop' }),
];
