import { compile } from '@cloudflow/core/definition/compile.ts';
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import { expect, it } from 'vitest';
import { loneRunner } from '../../../testing/lone-runner.ts';
import { silentLog } from '../../kernel/log/log.ts';
import type { StoredExecution } from '../store/load-executions.ts';
import { createLoader } from './loader.ts';

const id = '01999999-0000-7000-8000-000000000001';
const ended = { finishedAt: 1 } as StoredExecution;

function setup(
  read: () => Promise<StoredExecution | undefined>,
  epoch?: bigint,
  planOf: () => Promise<Plan> = () => Promise.reject(new Error('not asked for')),
) {
  const undelivered: string[] = [];
  const none = () => undefined;
  const runner = loneRunner();
  const loader = createLoader({
    log: silentLog,
    runner,
    entropy: { uuid: () => 'u', random: () => 0, executionId: () => 'e' },
    now: () => 1,
    read,
    planOf,
    sealerOf: () => Promise.reject(new Error('not asked for')),
    prepareGate: () => Promise.resolve(),
    epochOf: () => epoch,
    armTimer: none,
    awaits: () => undefined,
    arrived: none,
    caution: { admit: () => null, isSuspect: () => false, survived: () => undefined },
    onUnusable: () => undefined,
    onUndelivered: (ids) => void undelivered.push(...ids),
  });
  const cancel = (inboxId: string) => loader.deliver(id, 1, { input: { kind: 'cancel', at: 1 }, inboxId });
  const discarded = () => runner.source.take(100).flatMap(({ consumed }) => consumed);
  return { loader, runner, cancel, discarded, undelivered };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
};

it('loses no mail, at whatever moment of the reading it comes [F77 F78]', async () => {
  for (let moment = 0; moment < 12; moment += 1) {
    const { cancel, discarded } = setup(() => Promise.resolve(ended), 1n);
    cancel('first');
    await turns(moment);
    cancel('second');
    await turns(20);
    expect(discarded(), `second comes after ${moment} turns`).toEqual(['first', 'second']);
  }
});

it('gives mail for a shard that is not ours back, as often as it comes', async () => {
  const { cancel, undelivered } = setup(() => Promise.resolve(ended));
  cancel('first');
  await turns(20);
  cancel('first');
  expect(undelivered).toEqual(['first', 'first']);
});

/** A step naps until then, in a pause. */
function pausedNap(): { readonly plan: Plan; readonly stored: StoredExecution } {
  const nap = { id: 'nap', type: 'wait', config: { for: 1 } };
  const compiled = compile(
    { workflow_id: 'w', version: '1.0.0', steps: [nap] },
    { find: () => undefined, types: () => [] },
  );
  if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors));
  const events = [
    { e: 'started', at: 0 },
    { e: 'begun', s: 'nap', at: 0, until: 1 },
    { e: 'paused', at: 0 },
  ] as const;
  const texts = { trigger: '{}', input: '{}', labels: '{}' };
  const of = { id, shard: 1, tenantId: 't', workflowId: 'w', versionId: 'v', rootId: id, generation: 0 };
  const none = { parentId: null, retryOf: null, businessKey: null, snapshot: null, elsewhere: null, finishedAt: null };
  const head = { status: 'RUNNING', waitReason: 'paused', phase: null, keptSignals: 0 };
  const stored = { ...of, ...texts, ...none, head, journal: [{ seq: 1, events }], priority: 3, createdAt: 0 };
  return { plan: compiled.plan, stored: stored as unknown as StoredExecution };
}

it('hears the end of a pause that comes while a timer is read for, which has nothing to do in the pause', async () => {
  const { plan, stored } = pausedNap();
  const { loader, runner } = setup(
    () => Promise.resolve(stored),
    1n,
    () => Promise.resolve(plan),
  );
  loader.deliver(id, 1, { input: { kind: 'timer', timer: 0, at: 1 } });
  loader.deliver(id, 1, { input: { kind: 'resume', scope: 'execution', at: 1 }, inboxId: 'resume' });
  await turns(40);
  expect(runner.get(id)?.decided.consumed).toEqual(['resume']);
});
