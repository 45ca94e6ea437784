/** What an execution has decided of tries that workers run, as rows: of one try only the last word. */
import { isSensitive } from '@cloudflow/core/definition/sensitive.ts';
import type { Effect } from '@cloudflow/core/run/contract.ts';
import type { TaskRow, TaskWithdrawal } from '../journal/entry.ts';
import { sealedText } from '../journal/sealed-values.ts';
import type { LiveExecution } from './live.ts';
import { tryName } from './try.ts';

type Offer = Extract<Effect, { kind: 'offer_task' }>;
type TaskEffect = Extract<Effect, { kind: 'offer_task' | 'withdraw_task' }>;

/**
 * All parts of a flush see one snapshot: a row cannot be withdrawn and offered again in one of them. What was taken back for a pause
 * and offered again before that was written simply stays; what was offered and withdrawn is never written.
 */
export function tasksOf(
  live: LiveExecution,
  effects: readonly Effect[],
): { readonly tasks: readonly TaskRow[]; readonly withdrawn: readonly TaskWithdrawal[] } {
  const decided = new Map<string, { last: TaskEffect; wasTakenBack: boolean }>();
  for (const effect of effects) {
    if (effect.kind !== 'offer_task' && effect.kind !== 'withdraw_task') continue;
    const name = tryName(effect);
    const before = decided.get(name);
    const wasTakenBack = before?.wasTakenBack === true || effect.kind === 'withdraw_task';
    decided.set(name, { last: effect, wasTakenBack });
  }
  if (decided.size === 0) return none;
  const tasks: TaskRow[] = [];
  const withdrawn: TaskWithdrawal[] = [];
  for (const [name, { last, wasTakenBack }] of decided) {
    if (last.kind === 'withdraw_task') withdrawn.push({ name, how: last.how });
    else if (!wasTakenBack) tasks.push(taskRow(live, last, name));
  }
  return { tasks, withdrawn };
}

const none = { tasks: [], withdrawn: [] } as const;

function taskRow(live: LiveExecution, offer: Offer, name: string): TaskRow {
  const text = JSON.stringify(offer.input);
  const isSealed = live.sealer !== null && isSensitive(live.plan, offer.key.s);
  return {
    name,
    tenantId: live.tenantId,
    offeredAt: offer.at,
    timeoutMs: offer.timeoutMs,
    attempt: offer.attempt,
    priority: live.facts.priority,
    atMostOnce: offer.delivery === 'at_most_once',
    type: offer.type,
    path: offer.path,
    workflow: live.plan.workflowId,
    idempotencyKey: offer.idempotencyKey,
    correlationId: live.correlationId,
    input: isSealed && live.sealer !== null ? sealedText(text, live.sealer, live.id) : text,
  };
}
