/**
 * The API as types and as a table: printed from the routes by `npm run generate`, do not edit. What is written by hand is
 * beside it.
 */
import type { BoundOptions, CallOptions, CreateOptions } from './call-options.ts';
import type { Operations } from './operation.ts';
import type { Pages } from './pages.ts';

/** Every refusal of the API: the table at /docs/errors. */
export type ProblemCode =
  | 'malformed_json'
  | 'json_too_deep'
  | 'malformed_request'
  | 'invalid_body'
  | 'invalid_parameter'
  | 'invalid_cursor'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'request_timeout'
  | 'task_lost'
  | 'conflict'
  | 'version_exists'
  | 'credential_exists'
  | 'invalid_credential'
  | 'execution_ended'
  | 'execution_not_started'
  | 'execution_running'
  | 'nothing_failed'
  | 'already_compensated'
  | 'step_not_open'
  | 'workflow_disabled'
  | 'workflow_not_published'
  | 'definition_outdated'
  | 'idempotency_in_progress'
  | 'precondition_failed'
  | 'body_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'invalid_definition'
  | 'input_invalid'
  | 'expression_failed'
  | 'unknown_variable'
  | 'unknown_step'
  | 'mocks_missing'
  | 'test_run_too_long'
  | 'idempotency_key_reused'
  | 'unstorable_value'
  | 'precondition_required'
  | 'rate_limited'
  | 'too_many_signals'
  | 'too_many_operations'
  | 'too_many_streams'
  | 'headers_too_large'
  | 'internal'
  | 'overloaded'
  | 'database_unavailable'
  | 'unavailable';

export type CommandedExecution = {
  readonly execution_id: string;
  readonly links: {
    readonly self: string;
    readonly steps: string;
    readonly events: string;
    readonly cancel: string;
  };
};

export type Draft = {
  readonly id: string;
  readonly workflow_id: string;
  /** 0: none was ever saved; this is the current version. */
  readonly revision: number;
  readonly etag: string;
  readonly saved_at: string;
  /** The id of the key, or of the person; null for revision 0. */
  readonly saved_by: string | null;
  /** The version that the work on it began from; null: there was none. */
  readonly based_on: string | null;
  /** The version that this revision became. */
  readonly published_as: string | null;
  /** Where it is another than `based_on`, that came in between. */
  readonly current_version: string | null;
  readonly valid: boolean;
  readonly errors: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly message: string;
    readonly suggestion?: string;
    /** In an expression: where in the text at `pointer`. */
    readonly position?: number;
  }[];
  readonly warnings: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly message: string;
    readonly suggestion?: string;
    /** In an expression: where in the text at `pointer`. */
    readonly position?: number;
  }[];
  /** A workflow definition: at least `workflow_id`, `version` and `steps`. */
  readonly definition: {
    readonly [name: string]: unknown;
  };
};

export type DraftRevision = {
  /** 0: none was ever saved; this is the current version. */
  readonly revision: number;
  readonly etag: string;
  readonly saved_at: string;
  /** The id of the key, or of the person; null for revision 0. */
  readonly saved_by: string | null;
  /** The version that the work on it began from; null: there was none. */
  readonly based_on: string | null;
  /** The version that this revision became. */
  readonly published_as: string | null;
  /** Of the definition, in bytes. */
  readonly size: number;
};

export type EvaluatedExpression = {
  /** As JSON: timestamps and durations are texts. */
  readonly value: unknown;
  readonly type:
    | 'null'
    | 'bool'
    | 'number'
    | 'string'
    | 'bytes'
    | 'list'
    | 'map'
    | 'timestamp'
    | 'duration'
    | 'type'
    | 'optional';
};

export type Execution = {
  readonly id: string;
  readonly workflow_id: string;
  readonly version: string;
  readonly status: 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly phase: 'stopping' | 'compensating' | 'on_failure' | 'on_cancel' | null;
  readonly wait_reason: string | null;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly step?: string;
    readonly details?: unknown;
  } | null;
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly business_key: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
  readonly parent: string | null;
  readonly retry_of: string | null;
  readonly root: string;
  /** The last journal row that this shows. */
  readonly as_of_seq: number;
  readonly input: unknown;
  readonly output: unknown;
  readonly trigger: unknown;
  readonly variables?: unknown;
};

export type ExecutionRow = {
  readonly id: string;
  readonly workflow_id: string;
  readonly version: string;
  readonly status: 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly phase: 'stopping' | 'compensating' | 'on_failure' | 'on_cancel' | null;
  readonly wait_reason: string | null;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly step?: string;
    readonly details?: unknown;
  } | null;
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly business_key: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
  readonly parent: string | null;
  readonly retry_of: string | null;
  readonly root: string;
  /** The last journal row that this shows. */
  readonly as_of_seq: number;
};

export type Explanation = {
  readonly execution_id: string;
  readonly status: 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly phase: string | null;
  readonly wait_reason:
    | 'queue'
    | 'concurrency'
    | 'delay'
    | 'retry_backoff'
    | 'signal'
    | 'approval'
    | 'child'
    | 'lock'
    | 'paused'
    | 'rate_limit'
    | 'worker'
    | null;
  /** What it is doing, why it does not move, or why it ended: for people. */
  readonly summary: string;
  readonly waits: readonly {
    readonly reason:
      | 'queue'
      | 'concurrency'
      | 'delay'
      | 'retry_backoff'
      | 'signal'
      | 'approval'
      | 'child'
      | 'lock'
      | 'paused'
      | 'rate_limit'
      | 'worker';
    readonly path: string | null;
    readonly since: string | null;
    readonly until: string | null;
    readonly text: string;
    /** What would end this wait. */
    readonly unblocked_by: string;
    /** What this reason has beside, such as the names of signals. */
    readonly details: {
      readonly [name: string]: unknown;
    };
  }[];
  readonly executing: readonly {
    readonly path: string;
    readonly attempt: number;
    readonly since: string | null;
    /** When the time of this try is over. */
    readonly until: string | null;
    readonly text: string;
  }[];
  /** Steps that wait for their milestone, while something else moves. */
  readonly held: readonly {
    readonly path: string;
    readonly since: string | null;
    readonly text: string;
    readonly unblocked_by: string;
    /** The condition of its milestone. */
    readonly when: string;
  }[];
  /** Why it ended; null before, and when it succeeded. */
  readonly error: unknown;
  readonly finished_at: string | null;
  /** The last journal row that this rests on. */
  readonly as_of_seq: number;
};

export type JournalEvent = {
  readonly id: string;
  readonly seq: number;
  readonly type: string;
  readonly at: string | null;
  readonly step_id?: string;
  readonly [name: string]: unknown;
};

export type Operation = {
  readonly id: string;
  readonly action: 'cancel' | 'pause' | 'resume' | 'retry';
  readonly filter: {
    readonly [name: string]: string;
  };
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED';
  /** While it runs: how many there were at the first look, counted up to 10,000, or more when more are found. Then: `done` and `failed` together. */
  readonly matched: number;
  /** Told, or retried. */
  readonly done: number;
  readonly failed: number;
  /** The first 20 that failed. */
  readonly errors: readonly {
    readonly execution_id: string;
    readonly code: string;
  }[];
  readonly created_by: string;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly links: {
    readonly self: string;
    readonly cancel: string;
  };
};

export type Pauses = {
  readonly data: readonly {
    readonly scope: 'workflow' | 'tenant';
    readonly workflow_id: string | null;
    readonly since: string;
    readonly by: string;
    readonly reason: string | null;
  }[];
};

export type Publication = {
  readonly version: string;
  readonly kind: 'publish' | 'rollback';
  /** The current one before; null: there was none. */
  readonly from_version: string | null;
  readonly made_at: string;
  /** The id of the key, or of the person; null where it was not written down yet. */
  readonly made_by: string | null;
  readonly reason: string;
};

export type PublishedDraft = {
  readonly id: string;
  readonly workflow_id: string;
  readonly version: string;
  readonly status: 'published';
  readonly etag: string;
  readonly warnings: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly message: string;
    readonly suggestion?: string;
    /** In an expression: where in the text at `pointer`. */
    readonly position?: number;
  }[];
  /** The draft, which is now what was published. */
  readonly draft: {
    readonly revision: number;
    readonly etag: string;
  };
};

export type PublishedWorkflow = {
  readonly id: string;
  readonly workflow_id: string;
  readonly version: string;
  readonly status: 'published';
  readonly etag: string;
  readonly warnings: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly message: string;
    readonly suggestion?: string;
    /** In an expression: where in the text at `pointer`. */
    readonly position?: number;
  }[];
};

export type RetryPreview = {
  readonly version: string;
  readonly runs: readonly {
    readonly path: string;
    readonly step_id: string;
    readonly type: string;
    /** `goes_on`: a block that keeps some of what it has; what runs inside it follows. */
    readonly how: 'again' | 'first' | 'goes_on';
  }[];
  readonly runs_count: number;
  readonly adopted: readonly string[];
  readonly adopted_count: number;
  readonly warnings: readonly {
    readonly code: string;
    readonly message: string;
    readonly path?: string;
  }[];
};

export type SavedDraft = {
  readonly id: string;
  readonly workflow_id: string;
  /** 0: none was ever saved; this is the current version. */
  readonly revision: number;
  readonly etag: string;
  readonly saved_at: string;
  /** The id of the key, or of the person; null for revision 0. */
  readonly saved_by: string | null;
  /** The version that the work on it began from; null: there was none. */
  readonly based_on: string | null;
  /** The version that this revision became. */
  readonly published_as: string | null;
  /** Where it is another than `based_on`, that came in between. */
  readonly current_version: string | null;
  readonly valid: boolean;
  readonly errors: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly message: string;
    readonly suggestion?: string;
    /** In an expression: where in the text at `pointer`. */
    readonly position?: number;
  }[];
  readonly warnings: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly message: string;
    readonly suggestion?: string;
    /** In an expression: where in the text at `pointer`. */
    readonly position?: number;
  }[];
};

export type StartedExecution = {
  readonly execution_id: string;
  readonly status: 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly links: {
    readonly self: string;
    readonly steps: string;
    readonly events: string;
    readonly cancel: string;
  };
};

export type Step = {
  readonly step_id: string;
  readonly path: string;
  /** How often a `goto` had begun the step again: each round is a row. */
  readonly round: number;
  readonly type: string;
  /** A retry took the outcome over; the step ran in the execution `retry_of`, or one before. */
  readonly adopted: boolean;
  readonly status: 'QUEUED' | 'EXECUTING' | 'SUCCESS' | 'FAILED' | 'SKIPPED';
  readonly attempt: number;
  readonly input: unknown;
  readonly output: unknown;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly step?: string;
    readonly details?: unknown;
  } | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
};

export type StoredCredential = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** Names of the values that it holds. */
  readonly fields: readonly string[];
  readonly allowed_hosts: readonly string[] | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly created_by: string;
  readonly updated_by: string;
};

export type Validation = {
  readonly valid: boolean;
  readonly errors: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly message: string;
    readonly suggestion?: string;
    /** In an expression: where in the text at `pointer`. */
    readonly position?: number;
  }[];
  readonly warnings: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly message: string;
    readonly suggestion?: string;
    /** In an expression: where in the text at `pointer`. */
    readonly position?: number;
  }[];
};

export type Workflow = {
  readonly id: string;
  readonly workflow_id: string;
  /** The current one; null: nothing is published yet. */
  readonly version: string | null;
  readonly status: 'published' | 'disabled' | 'draft';
  readonly etag: string;
  /** The draft was saved after it was published last. */
  readonly unpublished_changes: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly published_at: string | null;
  /** Null when nothing is published yet: see the draft. */
  readonly definition: {
    readonly [name: string]: unknown;
  } | null;
  /** As in the list of executions; null before the first, absent for a single version. */
  readonly latest_execution?: {
    readonly [name: string]: unknown;
  } | null;
};

export type WorkflowRow = {
  readonly id: string;
  readonly workflow_id: string;
  /** The current one; null: nothing is published yet. */
  readonly version: string | null;
  readonly status: 'published' | 'disabled' | 'draft';
  readonly etag: string;
  /** The draft was saved after it was published last. */
  readonly unpublished_changes: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly published_at: string | null;
};

export type WorkflowVersion = {
  readonly version: string;
  readonly etag: string;
  readonly published_at: string;
};

export type CredentialsCreateParams = {
  /** By which workflows use it: `secrets.NAME`, or `credential` in a config. Unique in the tenant. */
  readonly name: string;
  readonly type:
    | 'generic'
    | 'http_basic'
    | 'http_bearer'
    | 'http_header'
    | 'database'
    | 'postgres'
    | 'mysql'
    | 'smtp'
    | 'redis'
    | 'kafka'
    | 'aws'
    | 'crypto_key'
    | 'incoming_webhook'
    | 'webhook_secret'
    | 'slack'
    | 'discord'
    | 'github'
    | 'openai';
  /** Never returned. By type: `generic`: value; `http_basic`: username, password; `http_bearer`: token; `http_header`: name, value; `database`: url, ca; `postgres`: host, port, database, username, password, tls, ca; `mysql`: host, port, database, username, password, tls, ca; `smtp`: host, port, username, password, tls, ca; `redis`: host, port, username, password, database, tls, ca; `kafka`: brokers, mechanism, username, password, tls, ca; `aws`: access_key_id, secret_access_key, session_token, region, endpoint; `crypto_key`: key; `incoming_webhook`: url; `webhook_secret`: secret, previous_secret; `slack`: token, base_url; `discord`: token, base_url; `github`: token, base_url; `openai`: api_key, base_url. */
  readonly values: {
    readonly [name: string]: string;
  };
  readonly description?: string;
  /** Hosts to which it may be sent: `api.example.com`, `*.example.com` (not example.com itself), either with `:port`. Checked for each request, after every redirect too. null: those of the service that the type is for, or of the address that the values name; of types that are for no service in particular, any. */
  readonly allowed_hosts?: readonly string[] | null;
};

export type CredentialsListParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
};

export type CredentialsTestParams = {
  /** What is asked with `GET`, by way of a test. */
  readonly url: string;
};

export type CredentialsUpdateParams = {
  /** By which workflows use it: `secrets.NAME`, or `credential` in a config. Unique in the tenant. */
  readonly name?: string;
  /** Never returned. By type: `generic`: value; `http_basic`: username, password; `http_bearer`: token; `http_header`: name, value; `database`: url, ca; `postgres`: host, port, database, username, password, tls, ca; `mysql`: host, port, database, username, password, tls, ca; `smtp`: host, port, username, password, tls, ca; `redis`: host, port, username, password, database, tls, ca; `kafka`: brokers, mechanism, username, password, tls, ca; `aws`: access_key_id, secret_access_key, session_token, region, endpoint; `crypto_key`: key; `incoming_webhook`: url; `webhook_secret`: secret, previous_secret; `slack`: token, base_url; `discord`: token, base_url; `github`: token, base_url; `openai`: api_key, base_url. */
  readonly values?: {
    readonly [name: string]: string;
  };
  readonly description?: string;
  /** Hosts to which it may be sent: `api.example.com`, `*.example.com` (not example.com itself), either with `:port`. Checked for each request, after every redirect too. null: those of the service that the type is for, or of the address that the values name; of types that are for no service in particular, any. */
  readonly allowed_hosts?: readonly string[] | null;
};

export type ExecutionsBulkParams = {
  readonly action: 'cancel' | 'pause' | 'resume' | 'retry';
  /** The parameters of `GET /executions`; at least one. */
  readonly filter: {
    /** Its `workflow_id`, or its UUID. */
    readonly workflow_id?: string;
    /** One or more of PENDING, RUNNING, COMPLETED, FAILED, CANCELLED, with commas between. */
    readonly status?: string;
    /** Made at this time or later. */
    readonly started_after?: string;
    /** Made before this time. */
    readonly started_before?: string;
    /** Bears this label, as `<name>:<value>`. */
    readonly label?: string;
    /** Bears this business key. */
    readonly business_key?: string;
    /** Was started by this execution. */
    readonly parent?: string;
    /** Is a retry of this execution. */
    readonly retry_of?: string;
    /** Its business key begins with this, or its id does (8 hexadecimal digits or more). Errors and values are not searched. */
    readonly q?: string;
  };
  /** For the journals, of what is cancelled, paused or resumed. */
  readonly reason?: string;
  /** Of a retry; `failed` when absent. */
  readonly from?: 'failed' | 'start';
  /** Of a retry; `same` when absent. */
  readonly version?: 'same' | 'latest';
};

export type ExecutionsCancelParams = {
  readonly reason?: string;
};

export type ExecutionsChildrenParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
  /** Also say how many the filters find on all pages, counted up to 10,000. */
  readonly count?: boolean;
  /** One or more of PENDING, RUNNING, COMPLETED, FAILED, CANCELLED, with commas between. */
  readonly status?: string;
  /** Made at this time or later. */
  readonly started_after?: string;
  /** Made before this time. */
  readonly started_before?: string;
  /** Bears this label, as `<name>:<value>`. */
  readonly label?: string;
  /** Bears this business key. */
  readonly business_key?: string;
  /** Is a retry of this execution. */
  readonly retry_of?: string;
  /** Its business key begins with this, or its id does (8 hexadecimal digits or more). Errors and values are not searched. */
  readonly q?: string;
};

export type ExecutionsCompleteStepParams = {
  /** Null when absent. */
  readonly output?: unknown;
  /** Why; it stays in the journal. */
  readonly reason: string;
};

export type ExecutionsEventsParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
};

export type ExecutionsGetParams = {
  readonly include?: 'variables';
};

export type ExecutionsListParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
  /** Also say how many the filters find on all pages, counted up to 10,000. */
  readonly count?: boolean;
  /** Its `workflow_id`, or its UUID. */
  readonly workflow_id?: string;
  /** One or more of PENDING, RUNNING, COMPLETED, FAILED, CANCELLED, with commas between. */
  readonly status?: string;
  /** Made at this time or later. */
  readonly started_after?: string;
  /** Made before this time. */
  readonly started_before?: string;
  /** Bears this label, as `<name>:<value>`. */
  readonly label?: string;
  /** Bears this business key. */
  readonly business_key?: string;
  /** Was started by this execution. */
  readonly parent?: string;
  /** Is a retry of this execution. */
  readonly retry_of?: string;
  /** Its business key begins with this, or its id does (8 hexadecimal digits or more). Errors and values are not searched. */
  readonly q?: string;
};

export type ExecutionsLogsParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
  /** Path of a step. */
  readonly step?: string;
  /** This level and those above it. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
};

export type ExecutionsPauseParams = {
  readonly reason?: string;
};

export type ExecutionsResumeParams = {
  readonly reason?: string;
};

export type ExecutionsRetryParams = {
  /** `failed`: what has no outcome of its own runs again. A step, by its id or by the path of one run of it: that step and all that depends on it. `start`: everything. */
  readonly from: string;
  /** `same` when absent. */
  readonly version?: 'same' | 'latest';
  /** In place of the input that the execution had. */
  readonly input?: unknown;
  /** Steps that run again send the idempotency keys that they sent before. */
  readonly keep_effect_keys?: boolean;
  /** Adopt also outcomes that were undone when the execution ended. */
  readonly force?: boolean;
  /** Only say what would run. */
  readonly dry_run?: boolean;
};

export type ExecutionsSetVariablesParams = {
  readonly set: {
    readonly [name: string]: unknown;
  };
  /** Why; it stays in the journal. */
  readonly reason: string;
};

export type ExecutionsSignalParams = {
  /** The output of the step that takes it; null when absent. */
  readonly payload?: unknown;
};

export type ExecutionsSkipStepParams = {
  /** Why; it stays in the journal. */
  readonly reason: string;
};

export type ExecutionsStatsParams = {
  /** Its `workflow_id`, or its UUID. */
  readonly workflow_id?: string;
  /** One or more of PENDING, RUNNING, COMPLETED, FAILED, CANCELLED, with commas between. */
  readonly status?: string;
  /** Made at this time or later. */
  readonly started_after?: string;
  /** Made before this time. */
  readonly started_before?: string;
  /** Bears this label, as `<name>:<value>`. */
  readonly label?: string;
  /** Bears this business key. */
  readonly business_key?: string;
  /** Was started by this execution. */
  readonly parent?: string;
  /** Is a retry of this execution. */
  readonly retry_of?: string;
  /** Its business key begins with this, or its id does (8 hexadecimal digits or more). Errors and values are not searched. */
  readonly q?: string;
};

export type ExecutionsStepsParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
};

export type ExecutionsUpdateLabelsParams = {
  readonly labels: {
    readonly [name: string]: string | null;
  };
};

export type ExpressionsEvaluateParams = {
  /** One expression; or a text with `${ }` in it, which is filled in. */
  readonly expression: string;
  /** The names that it sees, with their values. */
  readonly context?: {
    readonly [name: string]: unknown;
  };
  /** In place of `context`: it sees what the execution has, at its end or as far as it is. */
  readonly execution_id?: string;
};

export type RegistryActionsParams = {
  /** `control`: a part of the language, which holds other steps, waits, or works with values. */
  readonly kind?: 'control' | 'action';
  /** Of this category. */
  readonly category?: string;
};

export type RegistryOperationsParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
};

export type RegistrySetActionParams = {
  readonly version: number;
  readonly title: string;
  readonly description?: string;
  /** JSON Schema, draft 2020-12. */
  readonly config_schema: unknown;
  /** JSON Schema, draft 2020-12. */
  readonly output_schema?: unknown;
  readonly errors?: readonly {
    readonly code: string;
    readonly description: string;
    readonly retryable: 'always' | 'never' | 'depends';
  }[];
  /** Of one try, from when a worker has it. */
  readonly default_timeout_ms?: number;
  readonly effect?: 'external' | 'none';
};

export type RegistrySetOperationParams = {
  /** Of the type `postgres`, `mysql` or `database`. */
  readonly credential: string;
  readonly operation?: 'query' | 'execute' | 'transaction';
  /** As in the config of `database_operation`. */
  readonly sql: string | readonly string[];
  /** What it takes, by name. */
  readonly parameters?: {
    readonly [name: string]: {
      /** JSON pointer into `{ "input": …, "steps": { "ID": output } }`: the input of the execution, and the outputs of the steps that the step depends on. Default: `/input/NAME`. What is not there is null. */
      readonly from?: string;
      /** JSON Schema of the value. Default: anything. */
      readonly schema?: unknown;
    };
  };
  /** Names of parameters in the order of the places in `sql`; for a list of statements a list for each. */
  readonly params?: readonly string[] | readonly (readonly string[])[];
  readonly max_rows?: number;
};

export type TasksClaimParams = {
  /** The name that this worker gives itself, for people. */
  readonly worker: string;
  readonly types: readonly string[];
  readonly limit?: number;
  /** How long the answer may be held back while there is nothing: 30s at most. */
  readonly wait?: string;
  /** How long the tasks are kept without a heartbeat: 5s to 10m, 30s when absent. Never beyond their deadline. */
  readonly lease?: string;
};

export type TasksCompleteParams = {
  readonly id: string;
  /** As the claim gave it. */
  readonly lease_token: string;
  /** Lines for `/executions/{id}/logs`. Never secrets. */
  readonly logs?: readonly {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly message: string;
    readonly fields?: {
      readonly [name: string]: unknown;
    };
    readonly at?: string;
  }[];
  /** JSON; null when absent. */
  readonly output?: unknown;
};

export type TasksFailParams = {
  readonly id: string;
  /** As the claim gave it. */
  readonly lease_token: string;
  /** Lines for `/executions/{id}/logs`. Never secrets. */
  readonly logs?: readonly {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly message: string;
    readonly fields?: {
      readonly [name: string]: unknown;
    };
    readonly at?: string;
  }[];
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: {
      readonly [name: string]: unknown;
    };
    /** Another try may succeed. */
    readonly retryable?: boolean;
    /** The other side asked for at least this wait. */
    readonly retry_after_ms?: number;
  };
};

export type TasksHeartbeatParams = {
  readonly tasks: readonly {
    readonly id: string;
    /** As the claim gave it. */
    readonly lease_token: string;
    /** Lines for `/executions/{id}/logs`. Never secrets. */
    readonly logs?: readonly {
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields?: {
        readonly [name: string]: unknown;
      };
      readonly at?: string;
    }[];
  }[];
  /** How long the tasks are kept without a heartbeat: 5s to 10m, 30s when absent. Never beyond their deadline. */
  readonly lease?: string;
};

export type TasksReleaseParams = {
  readonly tasks: readonly {
    readonly id: string;
    /** As the claim gave it. */
    readonly lease_token: string;
  }[];
};

export type TenantPauseParams = {
  readonly reason?: string;
};

export type TenantResumeParams = {
  readonly reason?: string;
};

export type WorkflowsDraftHistoryParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
};

export type WorkflowsExecuteParams = {
  /** What `input` is; `{}` when absent. */
  readonly input?: unknown;
  /** The current one when absent. */
  readonly version?: string;
  /** 1 is first. */
  readonly priority?: number;
  readonly labels?: {
    readonly [name: string]: string;
  };
  readonly business_key?: string;
  /** How long to wait for the end, at most `45s`. */
  readonly wait?: string;
};

export type WorkflowsExecuteBatchParams = {
  readonly items: readonly {
    /** What `input` is; `{}` when absent. */
    readonly input?: unknown;
    /** Names this start, as the header `Idempotency-Key` of `execute` does. */
    readonly idempotency_key?: string;
    readonly labels?: {
      readonly [name: string]: string;
    };
    /** 1 is first. */
    readonly priority?: number;
    readonly business_key?: string;
  }[];
  /** The current one when absent. */
  readonly version?: string;
};

export type WorkflowsHistoryParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
  /** Also say how many the filters find on all pages, counted up to 10,000. */
  readonly count?: boolean;
  /** One or more of PENDING, RUNNING, COMPLETED, FAILED, CANCELLED, with commas between. */
  readonly status?: string;
  /** Made at this time or later. */
  readonly started_after?: string;
  /** Made before this time. */
  readonly started_before?: string;
  /** Bears this label, as `<name>:<value>`. */
  readonly label?: string;
  /** Bears this business key. */
  readonly business_key?: string;
  /** Was started by this execution. */
  readonly parent?: string;
  /** Is a retry of this execution. */
  readonly retry_of?: string;
  /** Its business key begins with this, or its id does (8 hexadecimal digits or more). Errors and values are not searched. */
  readonly q?: string;
};

export type WorkflowsListParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
  /** `draft`: nothing of it is published yet. */
  readonly status?: 'published' | 'disabled' | 'draft';
  /** Also say how many the filters find on all pages, counted up to 10,000. */
  readonly count?: boolean;
  /** How the `workflow_id` begins. */
  readonly q?: string;
};

export type WorkflowsPauseParams = {
  readonly reason?: string;
};

export type WorkflowsPublicationsParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
};

export type WorkflowsPublishParams = {
  /** In place of the version that the draft names. */
  readonly version?: string;
};

export type WorkflowsResumeParams = {
  readonly reason?: string;
};

export type WorkflowsRollbackParams = {
  readonly version: string;
  readonly reason?: string;
};

export type WorkflowsTestParams = {
  /** Runs this step alone: `when`, `milestone` and `lock` are not asked. */
  readonly step?: string;
  /** Runs the steps that lead to this one, and it. */
  readonly until?: string;
  /** What `input` is; `{}` when absent. */
  readonly input?: unknown;
  /** Joins the `variables` of the definition. */
  readonly variables?: {
    readonly [name: string]: unknown;
  };
  /** By id: outputs that stand for steps. They are not run, nor is what leads to them alone. */
  readonly pinned?: {
    readonly [name: string]: unknown;
  };
  /** With `step`: the names that it sees around it, such as `item`, `index` and `loop`. */
  readonly around?: {
    readonly [name: string]: unknown;
  };
  /** What answers in place of the world. */
  readonly mocks?: {
    /** By the id of a step or by its path (`each.3.call`; of a workflow that is called `call-step/its-step`): how its tries end. A list answers one try after the other; its last answer stands for all that follow. */
    readonly steps?: {
      readonly [name: string]:
        | {
            /** What the step gives. */
            readonly output: unknown;
            /** How much virtual time it takes: nothing, when it is not said. */
            readonly after?: number | string;
          }
        | {
            readonly error: {
              /** Such as `http_status`. */
              readonly code: string;
              readonly message?: string;
              readonly details?: { readonly [name: string]: unknown };
              /** Whether another try may succeed; by the code when it is not said. */
              readonly retryable?: boolean;
              /** A number of milliseconds, or `250ms 5s 10m 2h 3d`, or ISO 8601 such as `PT5S`. */
              readonly retry_after?: number | string;
            };
            /** How much virtual time it takes: nothing, when it is not said. */
            readonly after?: number | string;
          }
        | readonly (
            | {
                /** What the step gives. */
                readonly output: unknown;
                /** How much virtual time it takes: nothing, when it is not said. */
                readonly after?: number | string;
              }
            | {
                readonly error: {
                  /** Such as `http_status`. */
                  readonly code: string;
                  readonly message?: string;
                  readonly details?: { readonly [name: string]: unknown };
                  /** Whether another try may succeed; by the code when it is not said. */
                  readonly retryable?: boolean;
                  /** A number of milliseconds, or `250ms 5s 10m 2h 3d`, or ISO 8601 such as `PT5S`. */
                  readonly retry_after?: number | string;
                };
                /** How much virtual time it takes: nothing, when it is not said. */
                readonly after?: number | string;
              }
          )[];
    };
    /** What the world answers to requests: the first that fits. A request that none fits is not sent. */
    readonly http?: readonly {
      /** Any, when it is not said. */
      readonly method?: string;
      /** Whole; `*` stands for any characters. Without a `?` it fits whatever the query is. A secret in it is `***`. */
      readonly url: string;
      /** What the body of the request holds: of an object the fields that are named. */
      readonly body?: unknown;
      readonly reply:
        | {
            readonly status?: number;
            readonly headers?: {
              readonly [name: string]: string;
            };
            /** A text is sent as it is, everything else as JSON. */
            readonly body?: unknown;
            /** How much virtual time it takes: nothing, when it is not said. */
            readonly after?: number | string;
          }
        | {
            readonly error: 'network' | 'timeout';
            /** How much virtual time it takes: nothing, when it is not said. */
            readonly after?: number | string;
          }
        | readonly (
            | {
                readonly status?: number;
                readonly headers?: {
                  readonly [name: string]: string;
                };
                /** A text is sent as it is, everything else as JSON. */
                readonly body?: unknown;
                /** How much virtual time it takes: nothing, when it is not said. */
                readonly after?: number | string;
              }
            | {
                readonly error: 'network' | 'timeout';
                /** How much virtual time it takes: nothing, when it is not said. */
                readonly after?: number | string;
              }
          )[];
    }[];
  };
  /** What is sent from outside, at virtual times after the start. */
  readonly signals?: readonly {
    readonly name: string;
    /** How long after the start; at the start when it is not said. */
    readonly at?: number | string;
    readonly payload?: unknown;
  }[];
  /** How long after the start it is cancelled. */
  readonly cancel_at?: number | string;
  /** When it starts; now, when absent. */
  readonly now?: string;
  /** What is run in place of the definition that is kept. */
  readonly definition?: {
    readonly [name: string]: unknown;
  };
  /** What no mock answers is really done. Needs the permission `workflow:execute`, too. */
  readonly effects?: boolean;
};

export type WorkflowsVersionsParams = {
  /** Most entries of a page. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
};

export type CredentialsTestReply = {
  /** True for a status below 400. */
  readonly ok: boolean;
  /** Of the answer; null when there was none. */
  readonly status: number | null;
  readonly error: {
    readonly code: string;
    readonly message: string;
  } | null;
};

export type ExecutionsBulkReply = {
  readonly id: string;
  readonly links: {
    readonly self: string;
    readonly cancel: string;
  };
};

export type ExecutionsStatsReply = {
  readonly by_status: {
    readonly [name: string]: {
      readonly count: number;
      /** There are more than `count`. */
      readonly capped: boolean;
    };
  };
};

export type RegistryActionReply = {
  readonly type: string;
  /** Other words for it in a step. */
  readonly aliases: readonly string[];
  /** `control`: a part of the language, which holds other steps, waits, or works with values. */
  readonly kind: 'control' | 'action';
  /** Under what a palette shows it, such as `flow`, `data` or `network`. */
  readonly category: string;
  /** Name of an icon: of lucide.dev, or of the service that it speaks to. */
  readonly icon: string;
  readonly version: number;
  readonly title: string;
  readonly description: string;
  /** JSON Schema, draft 2020-12. */
  readonly config_schema: unknown;
  /** JSON Schema, draft 2020-12; null: it depends on what the step holds. */
  readonly output_schema: unknown;
  readonly errors: readonly {
    readonly code: string;
    readonly description: string;
    readonly retryable: 'always' | 'never' | 'depends';
  }[];
  /** Of one try; null: it has no tries. */
  readonly default_timeout_ms: number | null;
  readonly effect: 'external' | 'none';
  /** `worker`: a type of the tenant, whose steps are tasks for its workers. */
  readonly runs_on: 'server' | 'worker';
  /** When a worker last asked for tasks of this type, to some seconds; null: never, or not of a worker. */
  readonly last_asked_at: string | null;
};

export type RegistryActionsReply = {
  readonly data: readonly {
    readonly type: string;
    /** Other words for it in a step. */
    readonly aliases: readonly string[];
    /** `control`: a part of the language, which holds other steps, waits, or works with values. */
    readonly kind: 'control' | 'action';
    /** Under what a palette shows it, such as `flow`, `data` or `network`. */
    readonly category: string;
    /** Name of an icon: of lucide.dev, or of the service that it speaks to. */
    readonly icon: string;
    readonly version: number;
    readonly title: string;
    readonly description: string;
    /** JSON Schema, draft 2020-12. */
    readonly config_schema: unknown;
    /** JSON Schema, draft 2020-12; null: it depends on what the step holds. */
    readonly output_schema: unknown;
    readonly errors: readonly {
      readonly code: string;
      readonly description: string;
      readonly retryable: 'always' | 'never' | 'depends';
    }[];
    /** Of one try; null: it has no tries. */
    readonly default_timeout_ms: number | null;
    readonly effect: 'external' | 'none';
    /** `worker`: a type of the tenant, whose steps are tasks for its workers. */
    readonly runs_on: 'server' | 'worker';
    /** When a worker last asked for tasks of this type, to some seconds; null: never, or not of a worker. */
    readonly last_asked_at: string | null;
  }[];
  readonly next_cursor: null;
};

export type RegistryOperationReply = {
  readonly name: string;
  /** Of the type `postgres`, `mysql` or `database`. */
  readonly credential: string;
  readonly operation: 'query' | 'execute' | 'transaction';
  /** As in the config of `database_operation`. */
  readonly sql: string | readonly string[];
  /** What it takes, by name. */
  readonly parameters: {
    readonly [name: string]: {
      /** JSON pointer into `{ "input": …, "steps": { "ID": output } }`: the input of the execution, and the outputs of the steps that the step depends on. Default: `/input/NAME`. What is not there is null. */
      readonly from?: string;
      /** JSON Schema of the value. Default: anything. */
      readonly schema?: unknown;
    };
  };
  /** Names of parameters in the order of the places in `sql`; for a list of statements a list for each. */
  readonly params: readonly string[] | readonly (readonly string[])[];
  readonly max_rows: number | null;
  readonly created_at: string;
  readonly updated_at: string;
};

export type RegistrySetActionReply = {
  readonly type: string;
  /** Other words for it in a step. */
  readonly aliases: readonly string[];
  /** `control`: a part of the language, which holds other steps, waits, or works with values. */
  readonly kind: 'control' | 'action';
  /** Under what a palette shows it, such as `flow`, `data` or `network`. */
  readonly category: string;
  /** Name of an icon: of lucide.dev, or of the service that it speaks to. */
  readonly icon: string;
  readonly version: number;
  readonly title: string;
  readonly description: string;
  /** JSON Schema, draft 2020-12. */
  readonly config_schema: unknown;
  /** JSON Schema, draft 2020-12; null: it depends on what the step holds. */
  readonly output_schema: unknown;
  readonly errors: readonly {
    readonly code: string;
    readonly description: string;
    readonly retryable: 'always' | 'never' | 'depends';
  }[];
  /** Of one try; null: it has no tries. */
  readonly default_timeout_ms: number | null;
  readonly effect: 'external' | 'none';
  /** `worker`: a type of the tenant, whose steps are tasks for its workers. */
  readonly runs_on: 'server' | 'worker';
  /** When a worker last asked for tasks of this type, to some seconds; null: never, or not of a worker. */
  readonly last_asked_at: string | null;
};

export type RegistrySetOperationReply = {
  readonly name: string;
  /** Of the type `postgres`, `mysql` or `database`. */
  readonly credential: string;
  readonly operation: 'query' | 'execute' | 'transaction';
  /** As in the config of `database_operation`. */
  readonly sql: string | readonly string[];
  /** What it takes, by name. */
  readonly parameters: {
    readonly [name: string]: {
      /** JSON pointer into `{ "input": …, "steps": { "ID": output } }`: the input of the execution, and the outputs of the steps that the step depends on. Default: `/input/NAME`. What is not there is null. */
      readonly from?: string;
      /** JSON Schema of the value. Default: anything. */
      readonly schema?: unknown;
    };
  };
  /** Names of parameters in the order of the places in `sql`; for a list of statements a list for each. */
  readonly params: readonly string[] | readonly (readonly string[])[];
  readonly max_rows: number | null;
  readonly created_at: string;
  readonly updated_at: string;
};

export type TasksClaimReply = {
  readonly tasks: readonly {
    readonly id: string;
    /** As the claim gave it. */
    readonly lease_token: string;
    readonly lease_until: string;
    /** When the time of this try is over. */
    readonly deadline: string;
    /** The same as a length of time, for a clock that differs from that of the server. */
    readonly timeout_ms: number;
    readonly type: string;
    readonly config: unknown;
    readonly execution_id: string;
    readonly workflow_id: string;
    /** Path of the step, as `/steps` shows it. */
    readonly step: string;
    readonly attempt: number;
    readonly delivery: 'at_least_once' | 'at_most_once';
    /** The same for every try of the same effect. */
    readonly idempotency_key: string;
    readonly correlation_id: string;
    readonly traceparent: string;
  }[];
};

export type TasksHeartbeatReply = {
  readonly tasks: readonly {
    readonly id: string;
    /** `cancel`: it is not wanted any more; stop, and say how far it came if that is soon. `gone`: it is not yours any more. */
    readonly state: 'running' | 'cancel' | 'gone';
    readonly lease_until: string | null;
  }[];
};

export type WorkflowsDraftRevisionReply = {
  /** 0: none was ever saved; this is the current version. */
  readonly revision: number;
  readonly etag: string;
  readonly saved_at: string;
  /** The id of the key, or of the person; null for revision 0. */
  readonly saved_by: string | null;
  /** The version that the work on it began from; null: there was none. */
  readonly based_on: string | null;
  /** The version that this revision became. */
  readonly published_as: string | null;
  /** Of the definition, in bytes. */
  readonly size: number;
  /** A workflow definition: at least `workflow_id`, `version` and `steps`. */
  readonly definition: {
    readonly [name: string]: unknown;
  };
};

export type WorkflowsExecuteBatchReply = {
  readonly execution_ids: readonly string[];
};

export type WorkflowsTestReply = {
  /** RUNNING when it waits for what does not come; `wait_reason` says for what. */
  readonly status: 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly wait_reason: string | null;
  /** Its result. */
  readonly output: unknown;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly step?: string;
    /** More of it. */
    readonly details?: unknown;
  } | null;
  /** In virtual time. */
  readonly duration_ms: number;
  /** The steps that ran, in the order in which they began. */
  readonly path: readonly string[];
  readonly steps: readonly {
    readonly step_id: string;
    readonly path: string;
    readonly round: number;
    readonly type: string;
    readonly status: 'QUEUED' | 'EXECUTING' | 'SUCCESS' | 'FAILED' | 'SKIPPED';
    readonly attempt: number;
    /** Where its outcome is from. */
    readonly source: 'run' | 'mock' | 'pinned';
    /** What its tries were given. */
    readonly input: unknown;
    /** What it gave. */
    readonly output: unknown;
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly step?: string;
      /** More of it. */
      readonly details?: unknown;
    } | null;
    readonly started_at: string | null;
    readonly finished_at: string | null;
    readonly duration_ms: number | null;
  }[];
  readonly started_at: string;
  /** The workflows that it called, and the items that ran on their own. */
  readonly called: readonly {
    readonly called_by: string;
    readonly workflow_id: string;
    /** RUNNING when it waits for what does not come; `wait_reason` says for what. */
    readonly status: 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
    readonly wait_reason: string | null;
    /** Its result. */
    readonly output: unknown;
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly step?: string;
      /** More of it. */
      readonly details?: unknown;
    } | null;
    /** In virtual time. */
    readonly duration_ms: number;
    /** The steps that ran, in the order in which they began. */
    readonly path: readonly string[];
    readonly steps: readonly {
      readonly step_id: string;
      readonly path: string;
      readonly round: number;
      readonly type: string;
      readonly status: 'QUEUED' | 'EXECUTING' | 'SUCCESS' | 'FAILED' | 'SKIPPED';
      readonly attempt: number;
      /** Where its outcome is from. */
      readonly source: 'run' | 'mock' | 'pinned';
      /** What its tries were given. */
      readonly input: unknown;
      /** What it gave. */
      readonly output: unknown;
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly step?: string;
        /** More of it. */
        readonly details?: unknown;
      } | null;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly duration_ms: number | null;
    }[];
  }[];
  /** Pointers to the mocks that nothing asked for. */
  readonly unused_mocks: readonly string[];
};

export type WorkflowsVersionReply = {
  readonly id: string;
  readonly workflow_id: string;
  readonly version: string;
  readonly status: 'published' | 'disabled' | 'draft';
  readonly etag: string;
  /** The draft was saved after it was published last. */
  readonly unpublished_changes: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly published_at: string;
  /** A workflow definition: at least `workflow_id`, `version` and `steps`. */
  readonly definition: {
    readonly [name: string]: unknown;
  };
};

export type CredentialsApi = {
  /** Make a credential; its values are never returned. `POST /credentials` */
  create(params: CredentialsCreateParams, options?: CreateOptions): Promise<StoredCredential>;
  /** Delete a credential; steps that use it fail from now on. `DELETE /credentials/{id}` */
  delete(id: string, options?: CallOptions): Promise<void>;
  /** List credentials, newest first, without their values. `GET /credentials` */
  list(params?: CredentialsListParams, options?: CallOptions): Pages<StoredCredential>;
  /** Try a credential of HTTP: send a request with it, and tell the status. Nothing of the answer is shown but its status. For the types that are sent as a header, such as `http_bearer` and `github`; `url` is an address of the service that asks who calls. `POST /credentials/{id}/test` */
  test(id: string, params: CredentialsTestParams, options?: CallOptions): Promise<CredentialsTestReply>;
  /** Change a credential; `values` are replaced as a whole. `PATCH /credentials/{id}` */
  update(id: string, params?: CredentialsUpdateParams, options?: CallOptions): Promise<StoredCredential>;
};

export type ExecutionsApi = {
  /** Cancel, pause, resume or retry all executions that a filter finds. The answer comes when the operation is durable; it is done page by page, oldest first, and goes on after a crash. Executions that are started later are not touched. Those to which the action cannot apply are passed over: only what has not ended is cancelled, paused or resumed, only what is FAILED or CANCELLED is retried. Needs the permission of the action, too, such as `execution:cancel`. `POST /executions/bulk` */
  bulk(params: ExecutionsBulkParams, options?: CreateOptions): Promise<ExecutionsBulkReply>;
  /** Ask a running execution to end as CANCELLED. `POST /executions/{id}/cancel` */
  cancel(id: string, params?: ExecutionsCancelParams, options?: CallOptions): Promise<CommandedExecution>;
  /** List the executions that an execution started, newest first. Those of its own steps; each lists its own. `parent` and `root` of an execution lead the other way. `GET /executions/{id}/children` */
  children(
    id: string,
    params?: ExecutionsChildrenParams,
    options?: CallOptions,
  ): Pages<
    ExecutionRow,
    {
      readonly count?: number;
      /** There are more than `count`. */
      readonly capped?: boolean;
    }
  >;
  /** End a step that waits, retries or runs, with an output that is given. Its attempt is told to stop, it ends SUCCESS with this output, and the steps that depend on it go on. `POST /executions/{id}/steps/{path}/complete` */
  completeStep(
    id: string,
    path: string,
    params: ExecutionsCompleteStepParams,
    options?: CallOptions,
  ): Promise<CommandedExecution>;
  /** List the journal of an execution, oldest first, or follow it. With `Accept: text/event-stream` the answer is a stream of server-sent events: what is in the journal, then what comes, up to the final event, with which it ends. Each has the `id` that the list shows; with that of the last one in `Last-Event-ID` the stream goes on after it, and is 204 when nothing will follow any more. Where nothing happens a comment comes every 15 seconds; after an hour the stream ends and is to be opened anew. `GET /executions/{id}/events` */
  events(id: string, params?: ExecutionsEventsParams, options?: CallOptions): Pages<JournalEvent>;
  /** Explain why an execution does not move, or why it ended. In words and as data: what it waits for, since when, until when, and what would unblock it; which tries are under way. An execution that it waits for is explained beside it, one level deep. It is worked out from the committed journal; whoever drives the execution is not disturbed. `GET /executions/{id}/explain` */
  explain(id: string, options?: CallOptions): Promise<Explanation>;
  /** Get an execution. `GET /executions/{id}` */
  get(id: string, params?: ExecutionsGetParams, options?: CallOptions): Promise<Execution>;
  /** List executions, newest first. A `workflow_id` that is a name stands for all workflows that bear or bore it, deleted ones included; a UUID for one workflow. `GET /executions` */
  list(
    params?: ExecutionsListParams,
    options?: CallOptions,
  ): Pages<
    ExecutionRow,
    {
      readonly count?: number;
      /** There are more than `count`. */
      readonly capped?: boolean;
    }
  >;
  /** List what actions and workers told while an execution ran, and why tries failed, the oldest first. An execution keeps its first 1000 lines; how many came after them is said in a last line without `at`. Lines are written half a second after they were told; a server that is killed loses those. Secrets are masked, and sensitive steps tell nothing. `GET /executions/{id}/logs` */
  logs(
    id: string,
    params?: ExecutionsLogsParams,
    options?: CallOptions,
  ): Pages<{
    readonly at: string | null;
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly source: 'action' | 'worker' | 'engine';
    readonly step: string | null;
    readonly attempt: number | null;
    readonly message: string;
    readonly fields: {
      readonly [name: string]: unknown;
    };
  }>;
  /** Hold an execution: nothing of it begins until it is resumed. Attempts that run may end and are recorded; timers are kept; the timeout of the execution goes on. `POST /executions/{id}/pause` */
  pause(id: string, params?: ExecutionsPauseParams, options?: CallOptions): Promise<CommandedExecution>;
  /** Let a paused execution go on. `POST /executions/{id}/resume` */
  resume(id: string, params?: ExecutionsResumeParams, options?: CallOptions): Promise<CommandedExecution>;
  /** Retry an execution that has ended, as a new one. The new execution adopts the recorded outcomes of the steps before, with the variables as they were: of a block that failed the items, branches and rounds that succeeded too. Steps that run again do so under new idempotency keys. With `?dry_run=true` nothing is started, and the answer (200) is what would run. With `Idempotency-Key` a repeat answers for the same retry. `POST /executions/{id}/retry` */
  retry(id: string, params: ExecutionsRetryParams, options?: CreateOptions): Promise<RetryPreview | StartedExecution>;
  /** Set variables of a running execution. Steps that begin later see the new values. Only variables that the definition declares can be set. `PATCH /executions/{id}/variables` */
  setVariables(id: string, params: ExecutionsSetVariablesParams, options?: CallOptions): Promise<CommandedExecution>;
  /** Send a signal to an execution. The answer comes when the signal is durable. The step that has waited longest for this name takes it; when none waits, it is kept, in order, until one does: at most 1,000 for one execution, then 429. What is sent twice is two signals: there is no `Idempotency-Key` here; a step that must not take a repeat names what it waits for in `match`. `POST /executions/{id}/signals/{name}` */
  signal(id: string, name: string, params?: ExecutionsSignalParams, options?: CallOptions): Promise<CommandedExecution>;
  /** Pass over a step that waits, retries or runs. The step is withdrawn: its attempt is told to stop, it ends SKIPPED, and the steps that depend on it follow. `POST /executions/{id}/steps/{path}/skip` */
  skipStep(
    id: string,
    path: string,
    params: ExecutionsSkipStepParams,
    options?: CallOptions,
  ): Promise<CommandedExecution>;
  /** Count executions by status. Of those that the filters find, each status counted up to 10,000. `GET /executions/stats` */
  stats(params?: ExecutionsStatsParams, options?: CallOptions): Promise<ExecutionsStatsReply>;
  /** List the steps of an execution: one row for each run of a step, in the order of the definition. `GET /executions/{id}/steps` */
  steps(id: string, params?: ExecutionsStepsParams, options?: CallOptions): Pages<Step>;
  /** Change the labels of an execution. What is named is set, null removes it, and what is not named stays (RFC 7396). At most 64 labels. The journal does not change: expressions do not see labels. `PATCH /executions/{id}` */
  updateLabels(id: string, params: ExecutionsUpdateLabelsParams, options?: CallOptions): Promise<Execution>;
};

export type ExpressionsApi = {
  /** Evaluate an expression, on given values or on those of an execution. By the evaluator that runs workflows, within its budgets. `secrets.NAME` is `***`, as is what sensitive steps gave. What is wrong is a 422 whose `errors` have the position, and what was probably meant. `POST /expressions/evaluate` */
  evaluate(params: ExpressionsEvaluateParams, options?: CallOptions): Promise<EvaluatedExpression>;
};

export type OperationsApi = {
  /** End an operation before it has come to all executions. What it has done stays done; of retries, those that are being started are started. `POST /operations/{id}/cancel` */
  cancel(id: string, options?: CallOptions): Promise<Operation>;
  /** See how far an operation is. For 30 days after its end. `GET /operations/{id}` */
  get(id: string, options?: CallOptions): Promise<Operation>;
};

export type PausesApi = {
  /** List what is paused as one: workflows, or the whole tenant. `GET /pauses` */
  list(options?: CallOptions): Promise<Pauses>;
};

export type RegistryApi = {
  /** Read what one type of steps takes and gives. `GET /registry/actions/{type}` */
  action(type: string, options?: CallOptions): Promise<RegistryActionReply>;
  /** List the types of steps: those of the language and of the server, and the own ones of the tenant. What a palette and its forms need. A `$ref` of a control type is into the schema of the language. `GET /registry/actions` */
  actions(params?: RegistryActionsParams, options?: CallOptions): Promise<RegistryActionsReply>;
  /** Delete a registered operation; steps that run it fail from now on. `DELETE /registry/operations/{name}` */
  deleteOperation(name: string, options?: CallOptions): Promise<void>;
  /** Read a registered operation. `GET /registry/operations/{name}` */
  operation(name: string, options?: CallOptions): Promise<RegistryOperationReply>;
  /** List the registered operations, by name. `GET /registry/operations` */
  operations(
    params?: RegistryOperationsParams,
    options?: CallOptions,
  ): Pages<{
    readonly name: string;
    /** Of the type `postgres`, `mysql` or `database`. */
    readonly credential: string;
    readonly operation: 'query' | 'execute' | 'transaction';
    /** As in the config of `database_operation`. */
    readonly sql: string | readonly string[];
    /** What it takes, by name. */
    readonly parameters: {
      readonly [name: string]: {
        /** JSON pointer into `{ "input": …, "steps": { "ID": output } }`: the input of the execution, and the outputs of the steps that the step depends on. Default: `/input/NAME`. What is not there is null. */
        readonly from?: string;
        /** JSON Schema of the value. Default: anything. */
        readonly schema?: unknown;
      };
    };
    /** Names of parameters in the order of the places in `sql`; for a list of statements a list for each. */
    readonly params: readonly string[] | readonly (readonly string[])[];
    readonly max_rows: number | null;
    readonly created_at: string;
    readonly updated_at: string;
  }>;
  /** Declare a type of steps that workers of the tenant run. From then on a definition may use it, and its config is checked against `config_schema` when it is saved. A version is frozen but for its texts: the same again changes nothing, another content is 409 `version_exists`. Of several versions the highest counts. `PUT /registry/actions/{type}` */
  setAction(type: string, params: RegistrySetActionParams, options?: CallOptions): Promise<RegistrySetActionReply>;
  /** Register an operation of a database under a name, or put it in the place of the one that is there. A step `database_operation` without `config` runs the operation of its own id. What starts from now on runs this one, whichever version of a workflow it belongs to. `PUT /registry/operations/{name}` */
  setOperation(
    name: string,
    params: RegistrySetOperationParams,
    options?: CallOptions,
  ): Promise<RegistrySetOperationReply>;
};

export type TasksApi = {
  /** Take tasks of some types, and wait for them. A task is one try of a step. Whoever has it keeps it by heartbeats before `lease_until`, and completes or fails it before `deadline`. By priority of their executions, then the oldest first. `POST /tasks/claim` */
  claim(params: TasksClaimParams, options?: CallOptions): Promise<TasksClaimReply>;
  /** Say that a task is done, with its output. Once: the same answer again is answered the same; 409 `task_lost` when the task is not the caller's any more, and nothing is changed. `POST /tasks/complete` */
  complete(params: TasksCompleteParams, options?: CallOptions): Promise<void>;
  /** Say that a task failed; what follows is what the step says. Once: the same answer again is answered the same; 409 `task_lost` when the task is not the caller's any more, and nothing is changed. `POST /tasks/fail` */
  fail(params: TasksFailParams, options?: CallOptions): Promise<void>;
  /** Keep tasks for another while, and hear which are not wanted any more. `POST /tasks/heartbeat` */
  heartbeat(params: TasksHeartbeatParams, options?: CallOptions): Promise<TasksHeartbeatReply>;
  /** Give tasks back, for another worker. Of tasks that were not begun, or may be begun again: they are offered again at once, also with `at_most_once`. What the caller does not hold is passed over. `POST /tasks/release` */
  release(params: TasksReleaseParams, options?: CallOptions): Promise<void>;
};

export type TenantApi = {
  /** Pause all executions of the tenant. Nothing of its executions begins any more; attempts that run may end, and are recorded. New starts are accepted and stay `PENDING` with `wait_reason` `paused`. In force within a quarter of a second of the answer, in every process. `POST /tenant/pause` */
  pause(params?: TenantPauseParams, options?: CallOptions): Promise<Pauses>;
  /** Let the executions of the tenant go on. What waits goes on; an execution that was paused by itself, or by the other of the two, stays paused. `POST /tenant/resume` */
  resume(params?: TenantResumeParams, options?: CallOptions): Promise<Pauses>;
};

export type WorkflowsApi = {
  /** Publish a version of a workflow. The same version with the same body again answers 200; with another body 409. With `Idempotency-Key` a repeat gets the answer of the first. `POST /workflows` */
  create(
    body: {
      readonly [name: string]: unknown;
    },
    options?: CreateOptions,
  ): Promise<PublishedWorkflow>;
  /** Delete a workflow; what is running runs to its end. `DELETE /workflows/{id}` */
  delete(id: string, options?: BoundOptions): Promise<void>;
  /** Refuse new executions; running ones go on. `POST /workflows/{id}/disable` */
  disable(id: string, options?: CallOptions): Promise<WorkflowRow>;
  /** Get the draft of a workflow, and what is wrong with it. Where no draft was ever saved it is the current version, as revision 0. `GET /workflows/{id}/draft` */
  draft(id: string, options?: CallOptions): Promise<Draft>;
  /** List what was saved as a draft, newest first. The last 200 revisions are kept. `GET /workflows/{id}/draft/history` */
  draftHistory(id: string, params?: WorkflowsDraftHistoryParams, options?: CallOptions): Pages<DraftRevision>;
  /** Get one revision of a draft; saving its definition restores it. `GET /workflows/{id}/draft/history/{revision}` */
  draftRevision(id: string, revision: string, options?: CallOptions): Promise<WorkflowsDraftRevisionReply>;
  /** Let a workflow start executions again. `POST /workflows/{id}/enable` */
  enable(id: string, options?: CallOptions): Promise<WorkflowRow>;
  /** Start an execution. With `?wait` the answer is the finished execution (200, whatever its status), or 202 when it has not ended in time. Who stops waiting does not cancel. With `Idempotency-Key` a repeat answers for the same execution. `POST /workflows/{id}/execute` */
  execute(id: string, params?: WorkflowsExecuteParams, options?: CreateOptions): Promise<Execution | StartedExecution>;
  /** Start many executions, all or none. Up to 1,000 in one transaction; the ids come in the order of the items. An item whose key has started an execution already answers with that one. The header `Idempotency-Key` names the whole batch. `POST /workflows/{id}/execute/batch` */
  executeBatch(
    id: string,
    params: WorkflowsExecuteBatchParams,
    options?: CreateOptions,
  ): Promise<WorkflowsExecuteBatchReply>;
  /** Get a workflow: its current definition and the state of its latest execution. With `If-None-Match` 304 when its definition is the one that is known; what else the answer has may have changed. `GET /workflows/{id}` */
  get(id: string, options?: CallOptions): Promise<Workflow>;
  /** List the executions of a workflow, newest first. By its name those of all workflows that bear or bore it, deleted ones included; by a UUID those of one. `GET /workflows/{id}/history` */
  history(
    id: string,
    params?: WorkflowsHistoryParams,
    options?: CallOptions,
  ): Pages<
    ExecutionRow,
    {
      readonly count?: number;
      /** There are more than `count`. */
      readonly capped?: boolean;
    }
  >;
  /** List workflows, newest first. `GET /workflows` */
  list(
    params?: WorkflowsListParams,
    options?: CallOptions,
  ): Pages<
    WorkflowRow,
    {
      readonly count?: number;
      /** There are more than `count`. */
      readonly capped?: boolean;
    }
  >;
  /** Pause a workflow with all its executions. Nothing of its executions begins any more; attempts that run may end, and are recorded. New starts are accepted and stay `PENDING` with `wait_reason` `paused`. In force within a quarter of a second of the answer, in every process. Who pauses what is paused changes nothing. `POST /workflows/{id}/pause` */
  pause(id: string, params?: WorkflowsPauseParams, options?: CallOptions): Promise<Pauses>;
  /** List when which version became the current one, by whom and why, newest first. `GET /workflows/{id}/publications` */
  publications(id: string, params?: WorkflowsPublicationsParams, options?: CallOptions): Pages<Publication>;
  /** Publish the draft of a workflow as a version. Under `version` where it is given, which the draft then bears too. With `If-Match` only when the draft is still the one that was read. `POST /workflows/{id}/publish` */
  publish(id: string, params?: WorkflowsPublishParams, options?: CreateOptions): Promise<PublishedDraft>;
  /** Let a paused workflow go on. What waits goes on; an execution that was paused by itself, or by the other of the two, stays paused. `POST /workflows/{id}/resume` */
  resume(id: string, params?: WorkflowsResumeParams, options?: CallOptions): Promise<Pauses>;
  /** Make a version that was published before the current one again. No version is made. What is started from now on runs it; what runs already goes on with the version that it has pinned. With `If-Match` only when the current version is still the one that was read. `POST /workflows/{id}/rollback` */
  rollback(id: string, params: WorkflowsRollbackParams, options?: BoundOptions): Promise<WorkflowRow>;
  /** Save a draft; it may be wrong, and the answer says what is. Any JSON object of at most 1 MB is kept. With `If-Match` only when the draft is still the one that was read; of two at once one is refused with 412. Where there is no workflow of the name it is made, with the status `draft`; with `If-None-Match: *` only then. `PUT /workflows/{id}/draft` */
  saveDraft(
    id: string,
    body: {
      readonly [name: string]: unknown;
    },
    options?: BoundOptions,
  ): Promise<SavedDraft>;
  /** Run a workflow, or steps of it, without an execution. The definition that is edited runs in virtual time: waits take none. Requests and actions are answered by `mocks`, steps by what is `pinned`; functions run in the sandbox. Nothing is recorded, and nothing is done outside: a step that asks for what nothing answers is refused with `mocks_missing`, which names it, unless `effects` lets it be really done. `POST /workflows/{id}/test` */
  test(id: string, params?: WorkflowsTestParams, options?: CallOptions): Promise<WorkflowsTestReply>;
  /** Publish a new version of a workflow that exists. With `If-Match` only when its current version is still the one that was read. `PUT /workflows/{id}` */
  update(
    id: string,
    body: {
      readonly [name: string]: unknown;
    },
    options?: BoundOptions,
  ): Promise<PublishedWorkflow>;
  /** Check a definition without saving it. `POST /workflows/validate` */
  validate(
    body: {
      readonly [name: string]: unknown;
    },
    options?: CallOptions,
  ): Promise<Validation>;
  /** Get one version of a workflow. `GET /workflows/{id}/versions/{version}` */
  version(id: string, version: string, options?: CallOptions): Promise<WorkflowsVersionReply>;
  /** List the versions of a workflow, newest first. `GET /workflows/{id}/versions` */
  versions(id: string, params?: WorkflowsVersionsParams, options?: CallOptions): Pages<WorkflowVersion>;
};

export type Api = {
  readonly credentials: CredentialsApi;
  readonly executions: ExecutionsApi;
  readonly expressions: ExpressionsApi;
  readonly operations: OperationsApi;
  readonly pauses: PausesApi;
  readonly registry: RegistryApi;
  readonly tasks: TasksApi;
  readonly tenant: TenantApi;
  readonly workflows: WorkflowsApi;
};

export const operations = {
  credentials: {
    create: { verb: 'POST', path: '/credentials', body: 'fields', takesKey: true, isRepeatable: true },
    delete: { verb: 'DELETE', path: '/credentials/{id}', isRepeatable: true },
    list: { verb: 'GET', path: '/credentials', query: ['limit', 'cursor'], isPaged: true, isRepeatable: true },
    test: { verb: 'POST', path: '/credentials/{id}/test', body: 'fields' },
    update: { verb: 'PATCH', path: '/credentials/{id}', body: 'fields' },
  },
  executions: {
    bulk: { verb: 'POST', path: '/executions/bulk', body: 'fields', takesKey: true, isRepeatable: true },
    cancel: { verb: 'POST', path: '/executions/{id}/cancel', body: 'fields' },
    children: {
      verb: 'GET',
      path: '/executions/{id}/children',
      query: [
        'limit',
        'cursor',
        'count',
        'status',
        'started_after',
        'started_before',
        'label',
        'business_key',
        'retry_of',
        'q',
      ],
      isPaged: true,
      isRepeatable: true,
    },
    completeStep: { verb: 'POST', path: '/executions/{id}/steps/{path}/complete', body: 'fields' },
    events: {
      verb: 'GET',
      path: '/executions/{id}/events',
      query: ['limit', 'cursor'],
      isPaged: true,
      isRepeatable: true,
    },
    explain: { verb: 'GET', path: '/executions/{id}/explain', isRepeatable: true },
    get: { verb: 'GET', path: '/executions/{id}', query: ['include'], isRepeatable: true },
    list: {
      verb: 'GET',
      path: '/executions',
      query: [
        'limit',
        'cursor',
        'count',
        'workflow_id',
        'status',
        'started_after',
        'started_before',
        'label',
        'business_key',
        'parent',
        'retry_of',
        'q',
      ],
      isPaged: true,
      isRepeatable: true,
    },
    logs: {
      verb: 'GET',
      path: '/executions/{id}/logs',
      query: ['limit', 'cursor', 'step', 'level'],
      isPaged: true,
      isRepeatable: true,
    },
    pause: { verb: 'POST', path: '/executions/{id}/pause', body: 'fields' },
    resume: { verb: 'POST', path: '/executions/{id}/resume', body: 'fields' },
    retry: {
      verb: 'POST',
      path: '/executions/{id}/retry',
      query: ['dry_run'],
      body: 'fields',
      takesKey: true,
      isRepeatable: true,
    },
    setVariables: { verb: 'PATCH', path: '/executions/{id}/variables', body: 'fields' },
    signal: { verb: 'POST', path: '/executions/{id}/signals/{name}', body: 'fields' },
    skipStep: { verb: 'POST', path: '/executions/{id}/steps/{path}/skip', body: 'fields' },
    stats: {
      verb: 'GET',
      path: '/executions/stats',
      query: [
        'workflow_id',
        'status',
        'started_after',
        'started_before',
        'label',
        'business_key',
        'parent',
        'retry_of',
        'q',
      ],
      isRepeatable: true,
    },
    steps: {
      verb: 'GET',
      path: '/executions/{id}/steps',
      query: ['limit', 'cursor'],
      isPaged: true,
      isRepeatable: true,
    },
    updateLabels: { verb: 'PATCH', path: '/executions/{id}', body: 'fields' },
  },
  expressions: {
    evaluate: { verb: 'POST', path: '/expressions/evaluate', body: 'fields', isRepeatable: true },
  },
  operations: {
    cancel: { verb: 'POST', path: '/operations/{id}/cancel' },
    get: { verb: 'GET', path: '/operations/{id}', isRepeatable: true },
  },
  pauses: {
    list: { verb: 'GET', path: '/pauses', isRepeatable: true },
  },
  registry: {
    action: { verb: 'GET', path: '/registry/actions/{type}', isRepeatable: true },
    actions: { verb: 'GET', path: '/registry/actions', query: ['kind', 'category'], isRepeatable: true },
    deleteOperation: { verb: 'DELETE', path: '/registry/operations/{name}', isRepeatable: true },
    operation: { verb: 'GET', path: '/registry/operations/{name}', isRepeatable: true },
    operations: {
      verb: 'GET',
      path: '/registry/operations',
      query: ['limit', 'cursor'],
      isPaged: true,
      isRepeatable: true,
    },
    setAction: { verb: 'PUT', path: '/registry/actions/{type}', body: 'fields', isRepeatable: true },
    setOperation: { verb: 'PUT', path: '/registry/operations/{name}', body: 'fields', isRepeatable: true },
  },
  tasks: {
    claim: { verb: 'POST', path: '/tasks/claim', body: 'fields' },
    complete: { verb: 'POST', path: '/tasks/complete', body: 'fields' },
    fail: { verb: 'POST', path: '/tasks/fail', body: 'fields' },
    heartbeat: { verb: 'POST', path: '/tasks/heartbeat', body: 'fields' },
    release: { verb: 'POST', path: '/tasks/release', body: 'fields' },
  },
  tenant: {
    pause: { verb: 'POST', path: '/tenant/pause', body: 'fields' },
    resume: { verb: 'POST', path: '/tenant/resume', body: 'fields' },
  },
  workflows: {
    create: { verb: 'POST', path: '/workflows', body: 'whole', takesKey: true, isRepeatable: true },
    delete: { verb: 'DELETE', path: '/workflows/{id}', isRepeatable: true },
    disable: { verb: 'POST', path: '/workflows/{id}/disable' },
    draft: { verb: 'GET', path: '/workflows/{id}/draft', isRepeatable: true },
    draftHistory: {
      verb: 'GET',
      path: '/workflows/{id}/draft/history',
      query: ['limit', 'cursor'],
      isPaged: true,
      isRepeatable: true,
    },
    draftRevision: { verb: 'GET', path: '/workflows/{id}/draft/history/{revision}', isRepeatable: true },
    enable: { verb: 'POST', path: '/workflows/{id}/enable' },
    execute: {
      verb: 'POST',
      path: '/workflows/{id}/execute',
      query: ['wait'],
      body: 'fields',
      takesKey: true,
      isRepeatable: true,
    },
    executeBatch: {
      verb: 'POST',
      path: '/workflows/{id}/execute/batch',
      body: 'fields',
      takesKey: true,
      isRepeatable: true,
    },
    get: { verb: 'GET', path: '/workflows/{id}', isRepeatable: true },
    history: {
      verb: 'GET',
      path: '/workflows/{id}/history',
      query: [
        'limit',
        'cursor',
        'count',
        'status',
        'started_after',
        'started_before',
        'label',
        'business_key',
        'parent',
        'retry_of',
        'q',
      ],
      isPaged: true,
      isRepeatable: true,
    },
    list: {
      verb: 'GET',
      path: '/workflows',
      query: ['limit', 'cursor', 'status', 'count', 'q'],
      isPaged: true,
      isRepeatable: true,
    },
    pause: { verb: 'POST', path: '/workflows/{id}/pause', body: 'fields' },
    publications: {
      verb: 'GET',
      path: '/workflows/{id}/publications',
      query: ['limit', 'cursor'],
      isPaged: true,
      isRepeatable: true,
    },
    publish: { verb: 'POST', path: '/workflows/{id}/publish', body: 'fields', takesKey: true, isRepeatable: true },
    resume: { verb: 'POST', path: '/workflows/{id}/resume', body: 'fields' },
    rollback: { verb: 'POST', path: '/workflows/{id}/rollback', body: 'fields' },
    saveDraft: { verb: 'PUT', path: '/workflows/{id}/draft', body: 'whole', isRepeatable: true },
    test: { verb: 'POST', path: '/workflows/{id}/test', body: 'fields' },
    update: { verb: 'PUT', path: '/workflows/{id}', body: 'whole', isRepeatable: true },
    validate: { verb: 'POST', path: '/workflows/validate', body: 'whole', isRepeatable: true },
    version: { verb: 'GET', path: '/workflows/{id}/versions/{version}', isRepeatable: true },
    versions: {
      verb: 'GET',
      path: '/workflows/{id}/versions',
      query: ['limit', 'cursor'],
      isPaged: true,
      isRepeatable: true,
    },
  },
} as const satisfies Operations;
