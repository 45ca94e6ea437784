/** What a run under faults has to show, as sentences about what it did not. */
import type { FaultReport } from './fault-run.ts';

/** A run that did nothing while it was disturbed would prove nothing. */
const leastShare = 0.3;

export function failuresOf({
  acknowledged,
  ended,
  calm,
  disturbed,
  verdict,
  damage,
  surprises,
}: FaultReport): string[] {
  const some = (list: readonly unknown[], what: string): string[] =>
    list.length === 0 ? [] : [`${list.length} ${what}`];
  return [
    ...(ended < acknowledged ? [`${acknowledged} were acknowledged, only ${ended} ended`] : []),
    ...(disturbed < leastShare * calm ? [`${disturbed}/s under faults is less than 30 % of ${calm}/s`] : []),
    ...some(surprises, 'executions did not end as the rules say'),
    ...some(verdict.otherKeys, 'steps reached the outside under several keys, or none'),
    ...some(verdict.afterOutcome, 'steps ran again after their outcome was recorded'),
    ...some(verdict.withoutEffect, 'steps succeeded without an effect'),
    ...Object.entries(damage).map(([check, rows]) => `check ${check} found ${rows.length}`),
  ];
}
