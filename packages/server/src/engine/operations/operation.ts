/** An operation: one action on all executions that a filter finds, done page by page. */
import type { ExecutionFilter } from '../store/execution-filter.ts';

export const bulkActions = ['cancel', 'pause', 'resume', 'retry'] as const;
export type BulkAction = (typeof bulkActions)[number];

/** What was asked for; kept as it came. */
export type OperationRequest = {
  readonly action: BulkAction;
  readonly filter: Readonly<Record<string, string>>;
  readonly reason?: string;
  readonly from?: 'failed' | 'start';
  readonly version?: 'same' | 'latest';
};

/** An execution that the action could not be done to; `code` as in the table of errors. */
export type OperationError = { readonly execution_id: string; readonly code: string };

export type OperationStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLED';

export type Operation = {
  readonly id: string;
  readonly tenantId: string;
  readonly status: OperationStatus;
  readonly request: OperationRequest;
  readonly matched: number;
  readonly done: number;
  readonly failed: number;
  readonly errors: readonly OperationError[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
};

/** An operation that a process has taken up. */
export type Taken = Operation & {
  readonly workflowIds: readonly string[] | null;
  readonly position: string | null;
  readonly untilId: string;
  readonly correlationId: string;
};

/** What became of a page: of every execution that was tried, up to and with `position`. */
export type PageResult = {
  readonly position: string;
  readonly done: number;
  readonly errors: readonly OperationError[];
};

/** Those to which an action can mean anything; the others are passed over. */
export type Target = { readonly filter: ExecutionFilter; readonly action: BulkAction };
