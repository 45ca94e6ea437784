/** The ids of gates: made of what they stand for, so that everybody who asks for the same names the same, in the same shard. */
import { createHash } from 'node:crypto';
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { GateName, RunContext } from '@cloudflow/core/run/contract.ts';
import { decide } from '@cloudflow/core/run/decide.ts';
import { createState } from '@cloudflow/core/run/state.ts';

/** A UUID of version 8 (of our own making), whose last byte is the shard as in the id of an execution. */
export function gateId(tenantId: string, workflow: string, { of, key }: GateName): string {
  const name = JSON.stringify([tenantId, of, of === 'tenant' ? '' : workflow, key]);
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * The gate that an execution with this input will ask first; null when it will ask none. The rules are asked, on a state of
 * their own: so the gate is known before the execution is, which can then live in the gate's shard.
 */
export function firstGate(plan: Plan, context: Pick<RunContext, 'tenantId' | 'input'>, now: number): string | null {
  if (plan.concurrency === null) return null;
  const nobody = { executionId: '', rootId: '', trigger: null, outside: null, generation: 0 };
  const around = {
    context: { ...nobody, ...context, depth: 0, callPath: '', heldByCallers: [] },
    entropy: { uuid: () => '', random: () => 0, executionId: () => '' },
  };
  const { effects } = decide(plan, createState(plan), { kind: 'start', at: now }, around);
  const ask = effects.find((effect) => effect.kind === 'ask');
  return ask === undefined ? null : gateId(context.tenantId, plan.workflowId, ask.gate);
}
