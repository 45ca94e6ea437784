/**
 * The rules of a gate: who may pass, who waits, who is turned away. Pure, as the rules of a run are: an ask or a leave comes
 * in, and out come the entries that changed and the answers to those who asked.
 *
 * A gate stands for a concurrency key or for a lock. Whoever asks is an execution, or the run of a step in one; it holds its
 * place until it leaves. Each goes by the limit that it came with, and with versions of different limits the smallest counts, of
 * those who hold the gate and of whoever is next: the first in the queue waits until all of these allow one more, and nobody
 * passes it meanwhile. So there are never more than any of them allows.
 */
import type { ConcurrencyStrategy } from '../definition/plan.ts';
import { dueOrder } from './order.ts';

/** Who asks. `run` names the run of a step, as its key in JSON; '' the execution itself. */
export type GateHolder = { readonly execution: string; readonly run: string };

export type GateAsk = GateHolder & {
  /** When it asked, in milliseconds since the epoch. */
  readonly since: number;
  readonly priority: number;
  readonly limit: number;
  readonly strategy: ConcurrencyStrategy;
};

export type GateEntry = GateHolder & Pick<GateAsk, 'since' | 'priority' | 'limit'> & { held: boolean };

export type Gate = {
  readonly entries: Map<string, GateEntry>;
  /** In the order in which they will pass. */
  readonly waiting: GateEntry[];
  held: number;
  /** How many of those who hold it came with which limit: one limit, mostly. */
  readonly limits: Map<number, number>;
};

export type GateAnswer = {
  readonly to: GateHolder;
  readonly kind: 'granted' | 'rejected' | 'skipped' | 'cancel';
};

/** `changed` entries are to be kept as they are now. */
export type GateDecision = { readonly changed: readonly GateEntry[]; readonly answers: readonly GateAnswer[] };

export function createGate(entries: readonly GateEntry[] = []): Gate {
  const gate: Gate = { entries: new Map(), waiting: [], held: 0, limits: new Map() };
  for (const entry of entries) add(gate, entry);
  return gate;
}

export function holderId({ execution, run }: GateHolder): string {
  return run === '' ? execution : `${execution}/${run}`;
}

/** Asking again is answered again: whoever holds the gate hears so, whoever waits goes on waiting. */
export function ask(gate: Gate, asked: GateAsk): GateDecision {
  const known = gate.entries.get(holderId(asked));
  if (known !== undefined) return { changed: [known], answers: known.held ? [{ to: known, kind: 'granted' }] : [] };
  const { execution, run, since, priority, limit, strategy } = asked;
  const [first] = gate.waiting;
  const isFree = (first === undefined || dueOrder(asked) < dueOrder(first)) && hasRoom(gate, limit);
  if (!isFree && strategy === 'reject') return { changed: [], answers: [{ to: { execution, run }, kind: 'rejected' }] };
  if (!isFree && strategy === 'skip') return { changed: [], answers: [{ to: { execution, run }, kind: 'skipped' }] };
  const entry: GateEntry = { execution, run, since, priority, limit, held: isFree };
  add(gate, entry);
  if (isFree) return { changed: [entry], answers: [{ to: entry, kind: 'granted' }] };
  const replaced = strategy === 'cancel_running' ? makeRoom(gate, entry) : [];
  return { changed: [entry], answers: replaced.map((to) => ({ to, kind: 'cancel' })) };
}

/** The place is given up, or the wait for it. Leaving twice is leaving once. */
export function leave(gate: Gate, holder: GateHolder): GateDecision {
  const entry = gate.entries.get(holderId(holder));
  if (entry === undefined) return look(gate);
  gate.entries.delete(holderId(entry));
  if (entry.held) letGo(gate, entry);
  else gate.waiting.splice(gate.waiting.indexOf(entry), 1);
  return look(gate);
}

/** Lets pass whoever may: also after a crash between a leave and this. */
export function look(gate: Gate): GateDecision {
  const passed: GateEntry[] = [];
  for (let [next] = gate.waiting; next !== undefined && hasRoom(gate, next.limit); [next] = gate.waiting) {
    gate.waiting.shift();
    next.held = true;
    take(gate, next);
    passed.push(next);
  }
  return { changed: passed, answers: passed.map((to) => ({ to, kind: 'granted' })) };
}

function add(gate: Gate, entry: GateEntry): void {
  gate.entries.set(holderId(entry), entry);
  if (entry.held) take(gate, entry);
  else gate.waiting.splice(placeOf(gate.waiting, entry), 0, entry);
}

/** For one more who came with this limit. */
function hasRoom({ held, limits }: Gate, limit: number): boolean {
  if (held >= limit) return false;
  for (const other of limits.keys()) if (held >= other) return false;
  return true;
}

function take(gate: Gate, { limit }: GateEntry): void {
  gate.held += 1;
  gate.limits.set(limit, (gate.limits.get(limit) ?? 0) + 1);
}

function letGo(gate: Gate, { limit }: GateEntry): void {
  gate.held -= 1;
  const left = (gate.limits.get(limit) ?? 0) - 1;
  if (left > 0) gate.limits.set(limit, left);
  else gate.limits.delete(limit);
}

/** Behind those that asked at the same time and came before. */
function placeOf(waiting: readonly GateEntry[], entry: GateEntry): number {
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dueOrder(entry) < dueOrder(waiting[middle] as GateEntry)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The newcomer takes a place: the oldest go until no more are left than all limits allow, those who hold the gate first. Who was
 * asked to go before is among the oldest again, and is asked again: to an execution that is ending that is no news.
 */
function makeRoom(gate: Gate, newcomer: GateEntry): readonly GateEntry[] {
  const others = [...gate.entries.values()].filter((entry) => entry !== newcomer);
  others.sort((a, b) => Number(b.held) - Number(a.held) || a.since - b.since);
  let stay = 0;
  let most = newcomer.limit;
  for (const { limit } of others.toReversed()) {
    most = Math.min(most, limit);
    if (stay + 1 >= most) break;
    stay += 1;
  }
  return others.slice(0, others.length - stay);
}
