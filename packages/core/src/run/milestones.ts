/**
 * Milestones: the last question before a step starts. Where the answer is no, the step is passed over, or held: it stays QUEUED
 * and is asked about again after every event that could change the answer. An execution without held steps pays nothing.
 */
import type { Milestone } from '../definition/plan.ts';
import { type Decision, type Place, record } from './decision.ts';
import type { RunEvent } from './event.ts';
import { keyIn } from './scope.ts';
import { evaluateCondition } from './scope-values.ts';
import { failStep } from './settle.ts';
import type { StepRun } from './state.ts';
import { isMoving } from './wait-reason.ts';

/** Whether the step starts, is passed over, or neither: held, or failed because the question did. */
export function judgeMilestone(d: Decision, place: Place): 'start' | 'skip' | 'neither' {
  const { scope, step } = place;
  const { milestone } = step;
  if (milestone === null) return 'start';
  d.spent += COST_OF_ASKING;
  const asked = evaluateCondition(d, scope, milestone.when);
  if ('error' in asked) {
    failStep(d, place, asked.error);
    return 'neither';
  }
  if (asked.value) return 'start';
  if (!milestone.waits) return 'skip';
  const run = scope.runs.get(step.index);
  if (run === undefined || !d.state.held.has(run)) record(d, { e: 'held', ...keyIn(scope, step), at: d.at });
  return 'neither';
}

/** So that very many held steps, asked again and again, make a turn end early. */
const COST_OF_ASKING = 5;

/** The held steps whose answer these events may have changed, those that were held first in front. */
export function heldToAsk(d: Decision, events: readonly RunEvent[]): readonly StepRun[] {
  const written = new Set<string>();
  for (const event of events) {
    const writes = event.e === 'succeeded' || (event.e === 'intervened' && event.do === 'set') ? event.v : undefined;
    for (const name of Object.keys(writes ?? {})) written.add(name);
  }
  if (written.size === 0 && !d.plan.hasTimedMilestones) return [];
  return [...d.state.held].filter(
    ({ step: { milestone } }) => milestone !== null && mayHaveChanged(milestone, written),
  );
}

function mayHaveChanged({ reads }: Milestone, written: ReadonlySet<string>): boolean {
  return reads === null || (written.size > 0 && reads.some((name) => written.has(name)));
}

/**
 * Nothing in the execution moves but held steps, so that no event can come that lets one start: the one that was held first
 * fails, rather than wait for ever. True when there was one.
 */
export function failUnreachable(d: Decision): boolean {
  const { state } = d;
  if (state.held.size === 0 || state.status !== 'RUNNING' || state.paused || isMoving(state)) return false;
  const [first] = state.held;
  if (first === undefined) return false;
  const error = {
    code: 'milestone_unreachable',
    message: 'Nothing else can happen in the execution, so the milestone cannot come to hold.',
  };
  d.spent += COST_OF_ASKING;
  failStep(d, first, error);
  return true;
}
