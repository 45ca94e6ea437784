import { describe, expect, it } from 'vitest';
import { silentLog } from '../../kernel/log/log.ts';
import { type Caution, createCaution } from './caution.ts';

const id = (n: number) => `${String(n).padStart(8, '0')}-0000-7000-8000-000000000001`;

/** Processes that die, one after the other, as long as something kills them. */
type Disk = Map<string, number>;
async function aBoot(disk: Disk): Promise<Caution> {
  const caution = createCaution({
    clock: { now: () => 0 },
    log: silentLog,
    suspectsOf: () => Promise.resolve(new Map(disk)),
    async countLoads(ids) {
      for (const each of ids) disk.set(each, (disk.get(each) ?? 0) + 1);
    },
    async absolve(ids) {
      for (const each of ids) disk.delete(each);
    },
  });
  await caution.begin([1]);
  return caution;
}

/** Loads everything; true when the culprit was loaded, and with it the process is gone. */
async function dies(caution: Caution, ids: readonly string[], isCulprit: (id: string) => boolean): Promise<string[]> {
  const ended: string[] = [];
  let isDead = false;
  const loads = ids.map(async (each) => {
    const verdict = await caution.admit(each, 1);
    if (verdict === 'end') ended.push(each);
    if (verdict === 'load' && isCulprit(each)) isDead = true;
    else if (!isDead) caution.survived(each);
  });
  // What waits for its turn behind the culprit waits for ever: the process is dead.
  const settled = Promise.all(loads).then(() => undefined);
  await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 200))]);
  if (!isDead) await caution.rest();
  return isDead ? ['dead', ...ended] : ended;
}

describe('caution', () => {
  it('costs nothing where no owner has died', () => {
    const never = () => Promise.reject(new Error('nothing is to be asked'));
    const caution = createCaution({
      clock: { now: () => 0 },
      log: silentLog,
      suspectsOf: never,
      countLoads: never,
      absolve: never,
    });
    expect(caution.admit(id(1), 1)).toBeNull();
  });

  it('finds the one of hundreds that kills its process, at its fourth load, and ends no other [F04]', async () => {
    const disk: Disk = new Map();
    const all = Array.from({ length: 300 }, (_, n) => id(n));
    const culprit = id(177);
    const ended: string[] = [];
    let deaths = 0;
    let left = all;
    for (let boot = 0; boot < 10 && ended.length === 0; boot += 1) {
      const seen = await dies(await aBoot(disk), left, (each) => each === culprit);
      if (seen.includes('dead')) deaths += 1;
      ended.push(...seen.filter((each) => each !== 'dead'));
      left = left.filter((each) => each === culprit || disk.has(each));
    }
    expect(ended).toEqual([culprit]);
    expect(deaths).toBe(3);
  });
});
