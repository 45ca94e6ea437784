import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, createGate, type Gate, type GateAnswer, type GateAsk, leave, look } from './gate.ts';
import { msPerPriority } from './order.ts';

const asks = (execution: string, more: Partial<GateAsk> = {}): GateAsk => ({
  execution,
  run: '',
  since: 0,
  priority: 3,
  limit: 1,
  strategy: 'queue',
  ...more,
});
const told = (answers: readonly GateAnswer[]) => answers.map(({ kind, to }) => `${kind} ${to.execution}`);
const held = (gate: Gate) => [...gate.entries.values()].filter((entry) => entry.held).map((entry) => entry.execution);

describe('a gate', () => {
  it('lets pass as many as the limit says, and the next when one leaves', () => {
    const gate = createGate();
    expect(told(ask(gate, asks('a', { limit: 2 })).answers)).toEqual(['granted a']);
    expect(told(ask(gate, asks('b', { limit: 2 })).answers)).toEqual(['granted b']);
    expect(told(ask(gate, asks('c', { limit: 2 })).answers)).toEqual([]);
    expect(told(leave(gate, { execution: 'a', run: '' }).answers)).toEqual(['granted c']);
  });

  it('tells the same to whoever asks again, and takes a second leave for the first', () => {
    const gate = createGate();
    ask(gate, asks('a'));
    ask(gate, asks('b'));
    expect(told(ask(gate, asks('a')).answers)).toEqual(['granted a']);
    expect(told(ask(gate, asks('b')).answers)).toEqual([]);
    leave(gate, { execution: 'a', run: '' });
    expect(leave(gate, { execution: 'a', run: '' })).toEqual({ changed: [], answers: [] });
    expect(held(gate)).toEqual(['b']);
  });

  it('turns away by reject and skip when it is full, and keeps nothing of it', () => {
    const gate = createGate();
    ask(gate, asks('a'));
    expect(told(ask(gate, asks('b', { strategy: 'reject' })).answers)).toEqual(['rejected b']);
    expect(told(ask(gate, asks('c', { strategy: 'skip' })).answers)).toEqual(['skipped c']);
    expect(gate.entries.size).toBe(1);
  });

  it('lets the newest in by cancel_running when all that it replaces have left', () => {
    const gate = createGate();
    const replacing = { strategy: 'cancel_running' } as const;
    ask(gate, asks('a', replacing));
    expect(told(ask(gate, asks('b', { ...replacing, since: 1 })).answers)).toEqual(['cancel a']);
    expect(told(ask(gate, asks('c', { ...replacing, since: 2 })).answers)).toEqual(['cancel a', 'cancel b']);
    expect(told(leave(gate, { execution: 'b', run: '' }).answers)).toEqual([]);
    expect(told(leave(gate, { execution: 'a', run: '' }).answers)).toEqual(['granted c']);
  });

  it('keeps the order when versions bring different limits: nobody passes the one that waits for its own', () => {
    const gate = createGate();
    for (const name of ['a', 'b']) ask(gate, asks(name, { limit: 3 }));
    ask(gate, asks('narrow', { limit: 1, since: 1 }));
    ask(gate, asks('wide', { limit: 3, since: 2 }));
    expect(held(gate)).toEqual(['a', 'b']);
    leave(gate, { execution: 'a', run: '' });
    expect(held(gate)).toEqual(['b']);
    leave(gate, { execution: 'b', run: '' });
    expect(held(gate)).toEqual(['narrow']);
    leave(gate, { execution: 'narrow', run: '' });
    expect(held(gate)).toEqual(['wide']);
  });

  it('by cancel_running asks as many to go as the smallest limit of those that stay says', () => {
    const gate = createGate();
    const replacing = { strategy: 'cancel_running' } as const;
    ask(gate, asks('narrow', { limit: 1 }));
    expect(told(ask(gate, asks('wide', { ...replacing, limit: 3, since: 1 })).answers)).toEqual(['cancel narrow']);
    leave(gate, { execution: 'narrow', run: '' });
    expect(told(ask(gate, asks('next', { ...replacing, limit: 3, since: 2 })).answers)).toEqual(['granted next']);
  });

  it('lets higher priority pass first, until the lower has waited a minute for each level', () => {
    const gate = createGate();
    ask(gate, asks('holder'));
    ask(gate, asks('low', { priority: 5, since: 0 }));
    ask(gate, asks('urgent', { priority: 1, since: 4 * msPerPriority - 1 }));
    ask(gate, asks('too late', { priority: 1, since: 4 * msPerPriority + 1 }));
    const order = ['holder', 'urgent', 'low'].flatMap((execution) => told(leave(gate, { execution, run: '' }).answers));
    expect(order).toEqual(['granted urgent', 'granted low', 'granted too late']);
  });
});

const deed = fc.record({
  kind: fc.constantFrom('ask', 'ask', 'leave', 'again', 'reload'),
  who: fc.nat(6),
  priority: fc.integer({ min: 1, max: 5 }),
  strategy: fc.constantFrom('queue', 'reject', 'skip', 'cancel_running'),
  limit: fc.integer({ min: 1, max: 3 }),
});

describe('any history of asking, leaving and losing memory', () => {
  it('[F87] never lets more pass than the limit, and leaves no place empty while the first in the queue could have it', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (deeds, limit) => {
        let gate = createGate();
        for (const [since, { kind, who, priority, strategy }] of deeds.entries()) {
          const execution = `x${who}`;
          if (kind === 'leave') leave(gate, { execution, run: '' });
          else if (kind === 'reload') {
            gate = createGate([...gate.entries.values()].map((entry) => ({ ...entry })));
            expect(look(gate).answers).toEqual([]);
          } else ask(gate, { execution, run: '', since, priority, limit, strategy });
          expect(gate.held).toBe(held(gate).length);
          expect(gate.held).toBeLessThanOrEqual(limit);
          expect(gate.entries.size).toBe(gate.held + gate.waiting.length);
          if (gate.waiting.length > 0) expect(gate.held).toBe(limit);
        }
      }),
    );
  });

  it('with limits that differ, never lets more hold it than any of them allows, and all pass in the end [F87]', () => {
    fc.assert(
      fc.property(fc.array(deed, { minLength: 1, maxLength: 40 }), (deeds) => {
        let gate = createGate();
        const isSound = () => {
          const limits = [...gate.entries.values()].flatMap((entry) => (entry.held ? [entry.limit] : []));
          expect(limits.length).toBeLessThanOrEqual(Math.min(...limits));
          expect(look(gate).answers).toEqual([]);
        };
        for (const [since, { kind, who, priority, limit, strategy }] of deeds.entries()) {
          const execution = `x${who}`;
          if (kind === 'leave') leave(gate, { execution, run: '' });
          else if (kind === 'reload') gate = createGate([...gate.entries.values()].map((entry) => ({ ...entry })));
          else ask(gate, { execution, run: '', since, priority, limit, strategy });
          isSound();
        }
        for (let left = deeds.length; left > 0; left -= 1) {
          const [first = ''] = held(gate);
          leave(gate, { execution: first, run: '' });
          isSound();
        }
        expect(gate.entries.size).toBe(0);
      }),
    );
  });
});
