/** A run as people see it. */
import type { Execution, ExecutionRow } from '@cloudflow/sdk/client/index.ts';
import type { Ending } from '../../failure/exit-codes.ts';
import type { Fields, Output } from '../../output/output.ts';
import type { Style } from '../../output/paint.ts';
import type { Column } from '../../output/table.ts';
import { agoText, durationText } from '../../output/time-text.ts';

const styles: Readonly<Record<string, Style>> = {
  COMPLETED: 'green',
  SUCCESS: 'green',
  FAILED: 'red',
  CANCELLED: 'yellow',
  RUNNING: 'cyan',
  EXECUTING: 'cyan',
};

export function statusStyle(status: string): Style | undefined {
  return styles[status];
}

/** How a program ends that has waited for a run. */
export function endingOfRun({ status }: Pick<ExecutionRow, 'status'>): Ending {
  return status === 'FAILED' || status === 'CANCELLED' ? 'run_failed' : 'ok';
}

export function runColumns(now: number): readonly Column<ExecutionRow>[] {
  return [
    { title: 'id', value: ({ id }) => id },
    { title: 'workflow', value: ({ workflow_id, version }) => `${workflow_id}@${version}` },
    { title: 'status', value: ({ status }) => status, style: ({ status }) => statusStyle(status) },
    { title: 'started', value: ({ created_at }) => agoText(created_at, now) },
    { title: 'took', value: ({ duration_ms }) => durationText(duration_ms) },
    { title: 'key', value: ({ business_key }) => business_key },
    {
      title: 'why',
      value: ({ error, wait_reason }) => error?.message ?? (wait_reason === null ? '' : `waits: ${wait_reason}`),
    },
  ];
}

export function printRun(output: Output, run: Execution, now: number): void {
  output.item(run, runFields(run, now));
}

function runFields(run: Execution, now: number): Fields {
  const { error, phase, wait_reason: waits } = run;
  return [
    ['run', run.id],
    ['workflow', `${run.workflow_id}@${run.version}`],
    ['status', `${run.status}${phase === null ? '' : ` (${phase})`}${waits === null ? '' : `, waits: ${waits}`}`],
    ['started', `${run.created_at} (${agoText(run.created_at, now)})`],
    ['ended', run.finished_at],
    ['took', durationText(run.duration_ms)],
    ['business key', run.business_key],
    [
      'labels',
      Object.entries(run.labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ],
    ['retry of', run.retry_of],
    ['parent', run.parent],
    ['error', error && `${error.message} [${error.code}]${error.step === undefined ? '' : ` at step ${error.step}`}`],
    ['input', jsonText(run.input)],
    ['output', jsonText(run.output)],
    ['variables', run.variables === undefined ? null : jsonText(run.variables)],
  ];
}

function jsonText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value, null, 2);
}
