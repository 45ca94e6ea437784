import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EventPosition, eventPage, type JournalRow } from './event-view.ts';

const row = (seq: number, ...events: object[]): JournalRow => ({ seq, eventsText: JSON.stringify(events) });
const start = { seq: 0, place: 0 };

it('shows the events of a packed row one by one, in full words', () => {
  const rows = [
    row(1, { e: 'started', at: 0 }, { e: 'begun', s: 'pay', at: 5, a: 2, until: 1000 }),
    row(2, { e: 'failed', s: 'pay', p: 'route.0', at: 7, err: { code: 'timeout', message: 'late' } }),
  ];
  expect(eventPage(rows, start, 10)).toEqual({
    events: [
      { id: '1.0', seq: 1, type: 'execution_started', at: '1970-01-01T00:00:00.000Z' },
      {
        id: '1.1',
        seq: 1,
        type: 'step_started',
        at: '1970-01-01T00:00:00.005Z',
        step_id: 'pay',
        attempt: 2,
        until: '1970-01-01T00:00:01.000Z',
      },
      {
        id: '2.0',
        seq: 2,
        type: 'step_failed',
        at: '1970-01-01T00:00:00.007Z',
        step_id: 'pay',
        scope: 'route.0',
        error: { code: 'timeout', message: 'late' },
      },
    ],
    next: null,
  });
});

it('shows what a signal was, who took it, and what went wrong while it was judged', () => {
  const bad = { step: 'ask', code: 'expression_error', message: 'no such field', count: 2 };
  const rows = [row(1, { e: 'signalled', at: 0, g: 3, n: 'go', d: { ok: true }, s: 'ask', b: 'came', bad })];
  expect(eventPage(rows, start, 10).events).toEqual([
    {
      id: '1.0',
      seq: 1,
      type: 'signal_received',
      at: '1970-01-01T00:00:00.000Z',
      signal: 3,
      name: 'go',
      payload: { ok: true },
      step_id: 'ask',
      block: 'came',
      match_error: bad,
    },
  ]);
});

it('shows where a goto led, what arrived at a block, and what it was run for', () => {
  const rows = [
    row(1, { e: 'succeeded', s: 'again', r: 1, at: 0, t: 'draft' }, { e: 'skipped', s: 'again', r: 2, at: 0, x: true }),
    row(2, { e: 'arrived', s: 'orders', i: 3, at: 0 }, { e: 'passed', s: 'ship', at: 0, f: [['orders', 3]] }),
  ];
  expect(eventPage(rows, start, 10).events.map(({ id: _, seq: __, at: ___, ...rest }) => rest)).toEqual([
    { type: 'step_succeeded', step_id: 'again', round: 1, target_step_id: 'draft' },
    { type: 'step_skipped', step_id: 'again', round: 2, passed_over: true },
    { type: 'arrived', step_id: 'orders', index: 3 },
    { type: 'arrivals_passed_over', step_id: 'ship', arrivals: [['orders', 3]] },
  ]);
});

it('gives every event exactly once over pages of any size, also when a row spans pages', () => {
  const journal = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(journal, fc.integer({ min: 1, max: 7 }), (sizes, limit) => {
      const rows = sizes.map((size, seq) =>
        row(seq + 1, ...Array.from({ length: size }, (_, at) => ({ e: 'started', at }))),
      );
      const seen: string[] = [];
      for (let from: EventPosition | null = start; from; ) {
        const after: EventPosition = from;
        const page = eventPage(
          rows.filter(({ seq }) => seq >= after.seq),
          after,
          limit,
        );
        expect(page.events.length).toBeLessThanOrEqual(limit);
        seen.push(...page.events.map(({ id }) => id));
        from = page.next;
      }
      expect(seen).toEqual(
        sizes.flatMap((size, seq) => Array.from({ length: size }, (_, place) => `${seq + 1}.${place}`)),
      );
    }),
  );
});
