/** A workflow document whose structure has been checked against the schema of the language. */
import type { Json, JsonObject } from '../json.ts';

export type DurationValue = number | string;

export type RetryDocument = {
  readonly max_attempts?: number;
  readonly max_retries?: number;
  readonly backoff?: 'exponential' | 'linear' | 'fixed';
  readonly initial?: DurationValue;
  readonly multiplier?: number;
  readonly max_interval?: DurationValue;
  readonly jitter?: number;
  readonly on?: readonly string[];
  readonly except?: readonly string[];
};

export type HandlerDocument = { readonly steps: readonly StepDocument[]; readonly compensate?: boolean };

export type ConcurrencyDocument = {
  readonly key?: string;
  readonly limit: number;
  readonly strategy?: 'queue' | 'reject' | 'cancel_running' | 'skip';
};

export type LockDocument = { readonly key: string; readonly scope: 'execution' | 'workflow' | 'tenant' };

/** What a step and a compensation have in common. */
export type WorkDocument = {
  readonly type: string;
  readonly config?: JsonObject;
  readonly when?: string;
  readonly timeout?: DurationValue;
  readonly retry?: RetryDocument;
  readonly on_error?: 'fail' | 'continue' | 'skip' | HandlerDocument;
  readonly delivery?: 'at_least_once' | 'at_most_once';
  readonly sensitive?: boolean;
};

export type StepDocument = WorkDocument & {
  readonly id: string;
  readonly depends_on?: readonly string[];
  readonly join?: JoinDocument;
  readonly cancel_remaining?: boolean;
  readonly milestone?: { readonly when: string; readonly else?: 'skip' | 'wait' };
  readonly compensate?: WorkDocument;
  readonly lock?: LockDocument;
  readonly output?: Json;
};

export type JoinDocument =
  | 'all'
  | 'any'
  | 'each'
  | 'sets'
  | { readonly count: number }
  | { readonly each: number }
  | { readonly sets: number };

export type WorkflowDocument = {
  readonly workflow_id: string;
  readonly version: string;
  readonly steps: readonly StepDocument[];
  readonly schema_version?: '1.0';
  readonly name?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly labels?: { readonly [name: string]: string };
  readonly input_schema?: Json;
  readonly output?: Json;
  readonly variables?: JsonObject;
  readonly timeout?: DurationValue;
  readonly retry?: RetryDocument;
  readonly step_timeout?: DurationValue;
  readonly priority?: number;
  readonly concurrency?: ConcurrencyDocument;
  readonly on_failure?: readonly StepDocument[];
  readonly on_cancel?: readonly StepDocument[];
  readonly ui?: JsonObject;
};
