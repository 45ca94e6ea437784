/** What executions and gates of different shards say to each other: rows of the inbox, each written with what it follows from. */
import type { GateAnswer, GateAsk, GateHolder } from '@cloudflow/core/gate/gate.ts';
import type { RunInput } from '@cloudflow/core/run/contract.ts';
import type { RunKey } from '@cloudflow/core/run/event.ts';
import type { GateEffect } from '@cloudflow/core/run/state.ts';
import { shardOf } from '../execution-id.ts';
import type { SentRow } from '../journal/entry.ts';
import type { LiveExecution } from '../runner/live.ts';
import { gateId } from './gate-id.ts';

/** To a gate. */
export type ToGate =
  | { readonly kind: 'gate_ask'; readonly tenantId: string; readonly ask: GateAsk }
  | { readonly kind: 'gate_leave'; readonly holder: GateHolder };

/** From a gate. The `cancel` of `cancel_running` is the command that people give, too. */
type FromGate = { readonly run: string } | { readonly code: string } | { readonly reason: string };

export function holderOf({ id }: Pick<LiveExecution, 'id'>, key: RunKey | undefined): GateHolder {
  return { execution: id, run: key === undefined ? '' : JSON.stringify(key) };
}

export function askOf(live: LiveExecution, { key, at }: Extract<GateEffect, { kind: 'ask' }>): GateAsk {
  const { concurrency } = live.plan;
  const holder = holderOf(live, key);
  // One at a time, in the order of asking.
  if (key !== undefined || concurrency === null)
    return { ...holder, since: at, priority: 1, limit: 1, strategy: 'queue' };
  const { limit, strategy } = concurrency;
  return { ...holder, since: at, priority: live.facts.priority, limit, strategy };
}

export function gateOf({ tenantId, plan }: LiveExecution, { gate }: GateEffect): string {
  return gateId(tenantId, plan.workflowId, gate);
}

export function gateMessage(live: LiveExecution, effect: GateEffect): SentRow {
  const to = gateOf(live, effect);
  if (effect.kind === 'leave') return row(to, 'gate_leave', holderOf(live, effect.key));
  return row(to, 'gate_ask', { tenantId: live.tenantId, ask: askOf(live, effect) });
}

export function answerMessage({ to: { execution, run }, kind }: GateAnswer): SentRow {
  switch (kind) {
    case 'granted':
      return row(execution, 'granted', { run });
    case 'rejected':
    case 'skipped':
      return row(execution, 'turned_away', { code: `concurrency_${kind}` });
    case 'cancel':
      return row(execution, 'cancel', {
        reason: 'a newer execution takes its place (concurrency strategy cancel_running)',
      });
  }
}

/** What the answer is to whoever asked, once it is delivered. */
export function inputOf({ kind, to: { run } }: Pick<GateAnswer, 'kind' | 'to'>, at: number): RunInput {
  if (kind === 'granted') return granted(run, at);
  if (kind === 'cancel') return { kind: 'cancel', at };
  return { kind: 'turned_away', at, code: `concurrency_${kind}` };
}

export function granted(run: string, at: number): RunInput {
  return { kind: 'granted', at, ...(run === '' ? {} : { key: JSON.parse(run) as RunKey }) };
}

function row(to: string, kind: string, payload: FromGate | object): SentRow {
  return { to, toShard: shardOf(to), kind, payload: JSON.stringify(payload) };
}
