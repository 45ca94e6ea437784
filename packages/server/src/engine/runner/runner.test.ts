import { compile } from '@cloudflow/core/definition/compile.ts';
import type { Effect } from '@cloudflow/core/run/contract.ts';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../kernel/log/log.ts';
import type { CommitResult, JournalEntry, StartRow } from '../journal/entry.ts';
import { createAttempts } from './attempts.ts';
import { createLive, type LiveExecution, mustWrite } from './live.ts';
import { createRunner } from './runner.ts';

const id = '01999999-0000-7000-8000-000000000001';
const row: StartRow = {
  tenantId: '00000000-0000-7000-8000-000000000001',
  workflowId: id,
  versionId: id,
  priority: 3,
  input: '{}',
  labels: '{}',
  businessKey: null,
  trigger: '{}',
  parentId: null,
  rootId: id,
  retryOf: null,
  generation: 0,
  createdAt: 1,
  idempotency: null,
};
const lost: CommitResult = { kind: 'lost_shard' };
const committed: CommitResult = { kind: 'committed' };

/** A runner whose lane is the test: it takes and settles by hand. */
function setup({ safe = () => true }: { readonly safe?: () => boolean } = {}) {
  const seen = {
    begun: [] as string[],
    starts: [] as string[],
    ended: [] as LiveExecution[],
    consumed: [] as string[],
    readAnew: [] as string[],
  };
  const clock = { now: () => 1_000 };
  const attempts = createAttempts({
    clock,
    log: silentLog,
    report: () => Promise.resolve(),
    stopElsewhere: () => undefined,
    mayHandOut: () => safe(),
    run: (_, effect, signal) => {
      seen.begun.push(effect.key.s);
      return new Promise((resolve) => {
        const error = { code: 'aborted', message: 'stopped', retryable: false };
        signal.addEventListener('abort', () => resolve({ error }));
      });
    },
    hear: (live, { key, attempt }, outcome) =>
      runner.hear(live, { kind: 'attempt_ended', key, attempt, at: 1_000, outcome }),
  });
  const runner = createRunner({
    clock,
    log: silentLog,
    atOwnGate: () => false,
    wakeLane: () => undefined,
    beginTry: attempts.begin,
    stopElsewhere: () => undefined,
    resolveChild: () => undefined,
    onSurvived: () => undefined,
    abortTry: attempts.abort,
    armTimer: () => undefined,
    onAsleep: () => undefined,
    onWritten: () => undefined,
    pausesFor: () => [],
    resumesFor: () => [],
    readAnew: (live) => void seen.readAnew.push(live.id),
    onStartSettled: (_, result) => void seen.starts.push(result.kind),
    onEnded: (live) => void seen.ended.push(live),
    onConsumed: (ids) => void seen.consumed.push(...ids),
    snapshots: { taken: () => undefined, evicted: () => undefined, settled: () => undefined },
    storing: { add: () => undefined, takeReady: () => [] },
  });
  return { runner, attempts, seen };
}

const act = { type: 'act', configSchema: { type: 'object' }, defaultTimeoutMs: 10_000 };
const catalog = { find: (type: string) => (type === 'act' ? act : undefined), types: () => ['act'] };

function aLive(start: StartRow | null = row): LiveExecution {
  const steps = ['one', 'two'].map((step) => ({ id: step, type: 'act', config: {} }));
  const result = compile({ workflow_id: 'case', version: '1.0.0', steps }, catalog);
  if (!('plan' in result)) throw new Error(JSON.stringify(result.errors));
  const { plan } = result;
  const facts = { ...row, inputText: '{}', triggerText: '{}', labels: {} };
  const entropy = { uuid: () => 'u', random: () => 0.5, executionId: () => 'e' };
  const seed = {
    id,
    shard: 1,
    tenantId: row.tenantId,
    correlationId: 'c',
    plan,
    input: {},
    trigger: {},
    generation: 0,
    facts,
  };
  return createLive({ ...seed, entropy, sealer: null }, start);
}

const begin = { kind: 'start', at: 1 } as const;
const cancel = { kind: 'cancel', at: 2 } as const;

function takeOne({ source }: ReturnType<typeof setup>['runner']): JournalEntry {
  const entries = source.take(10);
  expect(entries.length).toBe(1);
  return entries[0] as JournalEntry;
}

function begun(more?: Parameters<typeof setup>[0]) {
  const parts = setup(more);
  const live = aLive();
  parts.runner.add(live);
  parts.runner.hear(live, begin);
  parts.runner.source.settled(takeOne(parts.runner), committed);
  return { ...parts, live };
}

describe('an answer to a flush', () => {
  it('that comes late for what was given up says nothing of what was read anew [F09]', () => {
    const { runner, live } = begun();
    runner.hear(live, cancel, '7');
    const late = takeOne(runner);
    runner.drop(live, 'its shard was taken');
    const again = aLive(null);
    runner.add(again);
    runner.source.settled(late, lost);
    expect(runner.get(id)).toBe(again);
    expect(again.dropped).toBe(false);
  });

  it('tells who started whether the start is on disk, also when its shard was lost meanwhile', () => {
    const { runner, seen } = setup();
    const live = aLive();
    runner.add(live);
    runner.hear(live, begin);
    const entry = takeOne(runner);
    runner.drop(live, 'its shard was taken');
    expect(seen.starts).toEqual([]);
    runner.source.settled(entry, { kind: 'pending' });
    expect(seen.starts).toEqual(['pending']);
  });

  it('that says that the journal has gone on gives the execution back to be read, and does not fail it', () => {
    const { runner, live, seen } = begun();
    runner.hear(live, cancel);
    runner.source.settled(takeOne(runner), { kind: 'refused', sqlState: '23505', message: 'duplicate key' });
    expect(seen.readAnew).toEqual([id]);
    expect(runner.source.take(10)).toEqual([]);
  });

  it('to a start that was only stored begins it when its shard has become ours', () => {
    const { runner, seen } = setup();
    const live = aLive();
    runner.add(live);
    runner.store(live);
    const entry = takeOne(runner);
    expect(entry).toMatchObject({ row: null, head: { status: 'PENDING' } });
    runner.source.settled(entry, committed);
    expect(seen.starts).toEqual(['committed']);
    runner.source.settled(takeOne(runner), committed);
    expect(seen.begun).toEqual(['one', 'two']);
  });
});

describe('an inbox row', () => {
  it('that comes while the end is being written is deleted after it', () => {
    const { runner, live, seen } = begun();
    runner.hear(live, { kind: 'attempt_ended', key: { s: 'one' }, attempt: 1, at: 3, outcome: { output: 1 } });
    runner.hear(live, { kind: 'attempt_ended', key: { s: 'two' }, attempt: 1, at: 3, outcome: { output: 1 } });
    const last = takeOne(runner);
    runner.hear(live, cancel, '8');
    runner.source.settled(last, committed);
    expect(seen.ended).toEqual([live]);
    const entry = takeOne(runner);
    expect(entry).toMatchObject({ executionId: id, consumed: ['8'], row: null });
    runner.source.settled(entry, committed);
    expect(seen.consumed).toEqual(['8']);
  });
});

describe('a try', () => {
  const stopped = (effects: readonly Effect[]) => effects.filter(({ kind }) => kind === 'abort').length;

  it('that is told to stop before its beginning is committed never begins', () => {
    const { runner, seen } = setup();
    const live = aLive();
    runner.add(live);
    runner.hear(live, begin);
    const first = takeOne(runner);
    runner.hear(live, cancel);
    expect(stopped(live.decided.effects)).toBe(2);
    runner.source.settled(first, committed);
    expect(seen.begun).toEqual([]);
    runner.source.settled(takeOne(runner), committed);
    expect(seen.ended.map(({ end }) => end?.status)).toEqual(['CANCELLED']);
  });

  it('that is told to stop while it is held never begins [F09]', async () => {
    let safe = false;
    const { runner, attempts, live, seen } = begun({ safe: () => safe });
    runner.hear(live, cancel);
    runner.source.settled(takeOne(runner), committed);
    await Promise.resolve();
    safe = true;
    attempts.retryHeld();
    expect(seen.begun).toEqual([]);
    runner.source.settled(takeOne(runner), committed);
    expect(seen.ended.map(({ end }) => end?.status)).toEqual(['CANCELLED']);
  });
});

it('that a try begins is written first only when its input is recorded with it', () => {
  const live = aLive(null);
  live.decided.events.push({ e: 'begun', s: 'one', at: 1 });
  expect(mustWrite(live)).toBe(false);
  live.decided.events.push({ e: 'begun', s: 'two', at: 1, in: { at: 1 } });
  expect(mustWrite(live)).toBe(true);
});
