import { expect, it } from 'vitest';
import { uuidV7 } from '../execution-id.ts';
import type { StartQueue } from '../store/pending-starts.ts';
import { createAdmission } from './admission.ts';

type Stored = { readonly id: string; readonly tenant: string; readonly priority: number; readonly shard: number };

const tenant = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const stored = (of: number, at: number, more: Partial<Stored> = {}): Stored => {
  const shard = more.shard ?? 1;
  return { id: uuidV7(at, shard), tenant: tenant(of), priority: 3, shard, ...more };
};

/** A table of starts that answers as the store does, with a window of `window` rows. */
function aTable(rows: readonly Stored[], { window = 1_000 } = {}) {
  let most = 10_000;
  const waiting = new Set(rows);
  const loaded: string[] = [];
  const putOff = new Map<string, unknown>();
  let now = 1_000;
  let seen = 0;
  const admission = createAdmission({
    clock: { now: () => now } as never,
    loader: {
      putOff,
      async load(id) {
        loaded.push(id);
        for (const row of waiting) if (row.id === id) waiting.delete(row);
      },
    },
    async tenantsWithStarts(after, limit) {
      const tenants = [...new Set([...waiting].map((row) => row.tenant))].sort();
      return tenants.filter((each) => each > after).slice(0, limit);
    },
    async startsOf(queues, { shards, known, each }) {
      return queues.flatMap(({ tenant: of, priority, after }: StartQueue) => {
        const all = [...waiting].filter((row) => row.tenant === of && row.priority === priority && row.id > after);
        all.sort((a, b) => (a.id < b.id ? -1 : 1));
        seen += Math.min(window, all.length);
        const ours = all.slice(0, window).filter((row) => shards.includes(row.shard) && !known.includes(row.id));
        const passed = ours.length === 0 ? (all[window - 1]?.id ?? null) : null;
        const ids = ours.slice(0, each).map(({ id }) => id);
        return all.length === 0 ? [] : [{ tenant: of, priority, ids, passed }];
      });
    },
    ownedShards: () => [1],
    room: () => most,
  });
  return {
    loaded,
    putOff,
    waiting,
    look(room = most) {
      most = room;
      return admission.look(() => undefined);
    },
    wait(ms: number) {
      now += ms;
    },
    seen: () => seen,
    async lookAll() {
      let looks = 1;
      while (await admission.look(() => undefined)) looks += 1;
      return looks;
    },
  };
}
const many = (count: number, of: number, more: Partial<Stored> = {}) =>
  Array.from({ length: count }, (_, at) => stored(of, at, more));

it('takes up a start of another tenant in the first look, however many of one tenant wait before it [F69]', async () => {
  const other = stored(2, 20_000);
  const table = aTable([...many(2_000, 1), other]);
  await table.look();
  expect(table.loaded.slice(0, 2)).toContain(other.id);
});

it('looks again at once until nothing is left, and takes up each once', async () => {
  const rows = [...many(1_300, 1), ...many(7, 2), ...many(3, 3, { priority: 1 })];
  const table = aTable(rows);
  expect(await table.lookAll()).toBeLessThan(6);
  expect([...table.loaded].sort()).toEqual(rows.map(({ id }) => id).sort());
});

it('comes to the starts of every tenant, of whom one look sees only some', async () => {
  const rows = Array.from({ length: 173 }, (_, n) => stored(n + 1, n));
  const table = aTable(rows);
  await table.lookAll();
  expect(table.loaded.length).toBe(173);
});

it('with room for one at a time serves one tenant after the other, and with none it reads nothing', async () => {
  const rows = [...many(9, 1), ...many(9, 2), ...many(9, 3)];
  const table = aTable(rows);
  const served: string[] = [];
  for (let looks = 0; looks < 9; looks += 1) {
    await table.look(1);
    served.push(rows.find(({ id }) => id === table.loaded.at(-1))?.tenant.at(-1) ?? '');
  }
  expect([table.loaded.length, served.join('')]).toEqual([9, '123123123']);
  const before = table.seen();
  expect(await table.look(0)).toBe(false);
  expect(table.seen()).toBe(before);
});

it('starts that cannot be read hide no other, and are not tried at every look [F04]', async () => {
  const broken = many(600, 1);
  const healthy = stored(1, 90_000);
  const table = aTable([...broken, healthy]);
  for (const { id } of broken) table.putOff.set(id, 1);
  await table.lookAll();
  expect(table.loaded).toEqual([healthy.id]);
});

it('passes over very many that belong to others, and looks among them again after a while', async () => {
  const table = aTable([...many(3_500, 1, { shard: 2 }), stored(1, 90_000)]);
  await table.lookAll();
  expect(table.loaded.length).toBe(1);
  const before = table.seen();
  await table.lookAll();
  expect(table.seen() - before).toBeLessThanOrEqual(1_000);
  const late = stored(1, 17);
  table.waiting.add(late); // its transaction took long
  table.wait(6_000);
  await table.lookAll();
  expect(table.loaded).toContain(late.id);
});
