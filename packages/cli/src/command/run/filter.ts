/** By what runs are found: the same options for lists and for what is done to many. */

import { parseDuration, parseTimestamp } from '@cloudflow/core/definition/duration.ts';
import type { ExecutionsListParams } from '@cloudflow/sdk/client/index.ts';
import { usageFailure } from '../../failure/failure.ts';
import { listOption, textOption } from '../../program/option.ts';

const statuses = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'];

export const filterOptions = {
  workflow: textOption('<name>', 'Of this workflow.'),
  status: listOption('<status>', `${statuses.join(', ')}.`),
  since: textOption('<time>', 'Started at this time or later: RFC 3339, or so long ago, such as 2h.'),
  until: textOption('<time>', 'Started before this time.'),
  label: textOption('<name=value>', 'Bears this label.'),
  key: textOption('<text>', 'Bears this business key.'),
};

type Given = { readonly [Name in Exclude<keyof typeof filterOptions, 'status'>]: string | undefined } & {
  readonly status: readonly string[];
};
export type RunFilter = Omit<ExecutionsListParams, 'limit' | 'cursor' | 'count'>;

export function filterOf(given: Given, now: number): RunFilter {
  const { workflow, status, since, until, label, key } = given;
  return {
    ...(workflow !== undefined && { workflow_id: workflow }),
    ...(status.length > 0 && { status: status.map(knownStatus).join(',') }),
    ...(since !== undefined && { started_after: timeOf(since, '--since', now) }),
    ...(until !== undefined && { started_before: timeOf(until, '--until', now) }),
    ...(label !== undefined && { label: label.replace('=', ':') }),
    ...(key !== undefined && { business_key: key }),
  };
}

function knownStatus(given: string): string {
  const status = given.toUpperCase();
  if (statuses.includes(status)) return status;
  throw usageFailure(`--status: "${given}" is not one of ${statuses.join(', ')}.`);
}

export function timeOf(given: string, option: string, now: number): string {
  const ago = parseDuration(given);
  const at = ago === undefined ? parseTimestamp(given) : now - ago;
  if (at !== undefined) return new Date(at).toISOString();
  throw usageFailure(
    `${option}: "${given}" is no time.`,
    'Write it as 2026-01-31T08:00:00Z, or as 30m, 2h or 7d for so long ago.',
  );
}
