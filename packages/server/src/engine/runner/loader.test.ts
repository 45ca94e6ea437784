import { expect, it } from 'vitest';
import { loneRunner } from '../../../testing/lone-runner.ts';
import { silentLog } from '../../kernel/log/log.ts';
import type { StoredExecution } from '../store/load-executions.ts';
import { createLoader } from './loader.ts';

const id = '01999999-0000-7000-8000-000000000001';
const ended = { finishedAt: 1 } as StoredExecution;

function setup(read: () => Promise<StoredExecution | undefined>, epoch?: bigint) {
  const undelivered: string[] = [];
  const none = () => undefined;
  const runner = loneRunner();
  const loader = createLoader({
    log: silentLog,
    runner,
    entropy: { uuid: () => 'u', random: () => 0, executionId: () => 'e' },
    now: () => 1,
    read,
    planOf: () => Promise.reject(new Error('not asked for')),
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
  return { cancel, discarded, undelivered };
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
