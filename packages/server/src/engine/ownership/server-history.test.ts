import { describe, expect, it } from 'vitest';
import { silentLog } from '../../kernel/log/log.ts';
import type { Sighting } from '../store/server-sighting.ts';
import { createServerHistory } from './server-history.ts';

/** Seen from `asked` for one unit of time. */
const seen = (asked: number, more: Partial<Sighting> = {}): Sighting => ({
  system: 'first',
  timeline: 1,
  flushed: 100n,
  asked: BigInt(asked),
  answered: BigInt(asked + 1),
  ...more,
});

function aHistory() {
  let changed = 0;
  const onChanged = (): void => {
    changed += 1;
  };
  const history = createServerHistory({ log: silentLog, onChanged });
  return { notice: history.notice, changed: () => changed };
}

describe('the history of the server', () => {
  it('goes on while the same server has at least what it had, across its restarts', () => {
    const { notice, changed } = aHistory();
    for (const [at, flushed] of [100n, 100n, 250n].entries()) expect(notice(seen(10 * at, { flushed }))).toBe(true);
    expect(changed()).toBe(0);
  });

  it.each([
    ['a promoted standby', { timeline: 2, flushed: 300n }],
    ['another cluster', { system: 'second', flushed: 300n }],
    ['an older copy of the same cluster', { flushed: 99n }],
  ])('is another one with %s, once [F20]', (_, now) => {
    const { notice, changed } = aHistory();
    notice(seen(0));
    expect([notice(seen(10, now)), notice(seen(20, now))]).toEqual([true, true]);
    expect(changed()).toBe(1);
  });

  it('is an older copy also when it was last heard long after the first time', () => {
    const { notice, changed } = aHistory();
    for (const at of [0, 10, 20]) notice(seen(at, { flushed: BigInt(at) + 100n }));
    notice(seen(30, { flushed: 110n }));
    expect(changed()).toBe(1);
  });

  it('is the same when an answer is heard late, after one that was given later', () => {
    const { notice, changed } = aHistory();
    notice(seen(10, { flushed: 200n }));
    expect(notice(seen(5, { flushed: 150n }))).toBe(true);
    expect(changed()).toBe(0);
  });

  it('is not believed in a session that saw the former one before the change', () => {
    const { notice, changed } = aHistory();
    notice(seen(0));
    notice(seen(20, { timeline: 2 }));
    expect(notice(seen(10))).toBe(false);
    expect(changed()).toBe(1);
  });
});
