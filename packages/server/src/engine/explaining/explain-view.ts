/** An explanation as the API shows it. */
import type { Explanation } from '@cloudflow/core/run/explain/explanation.ts';
import type { RunState } from '@cloudflow/core/run/state.ts';
import { waitReason } from '@cloudflow/core/run/wait-reason.ts';
import type { ExecutionHead } from '../engine.ts';
import { iso } from '../execution-view.ts';

export type Explained = {
  readonly head: ExecutionHead;
  /** The last row of the journal that was read. */
  readonly seq: number;
  readonly state: RunState;
  readonly explanation: Explanation;
};

/** With those that it waits for, one level deep, beside the wait for each. */
export function explainView(of: Explained, children: ReadonlyMap<string, Explained>) {
  const view = viewOf(of);
  const waits = view.waits.map((wait) => {
    const child = children.get(String(wait.details['execution_id'] ?? ''));
    return child === undefined ? wait : { ...wait, details: { ...wait.details, child: viewOf(child) } };
  });
  return { ...view, waits };
}

function viewOf({ head, seq, state, explanation: { summary, waits, executing, held } }: Explained) {
  return {
    execution_id: head.id,
    status: state.status,
    phase: state.phase,
    wait_reason: waitReason(state) ?? waits.find(({ path }) => path === null)?.reason ?? null,
    summary,
    waits: waits.map(({ since, until, details, ...wait }) => ({
      ...wait,
      since: iso(since),
      until: iso(until),
      details,
    })),
    executing: executing.map(({ since, until, ...each }) => ({ ...each, since: iso(since), until: iso(until) })),
    held: held.map(({ since, ...each }) => ({ ...each, since: iso(since) })),
    error: state.error,
    finished_at: iso(state.endedAt),
    as_of_seq: seq,
  };
}
