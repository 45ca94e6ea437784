/**
 * Every refusal the API can answer with: one closed table, from which docs/reference/errors.md and /docs/errors are
 * printed. A code is never renamed and never used for something else.
 */

export type ProblemRow = {
  /** HTTP status. */
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
  /** What the caller can do. */
  readonly remedy: string;
};

export const problemCodes = {
  malformed_json: {
    status: 400,
    title: 'The body is not JSON',
    meaning: 'The body could not be read as JSON in UTF-8.',
    remedy: 'Send one JSON value, encoded in UTF-8. `detail` says where reading stopped.',
  },
  json_too_deep: {
    status: 400,
    title: 'The body is nested too deeply',
    meaning: 'Objects and lists of the body are nested deeper than the server reads.',
    remedy: 'Flatten the value, or send the inner part as text.',
  },
  malformed_request: {
    status: 400,
    title: 'The request cannot be read',
    meaning: 'The path, a header or the framing of the request is not valid HTTP.',
    remedy: 'Check the encoding of the path and of the headers.',
  },
  invalid_body: {
    status: 400,
    title: 'The body does not have the expected form',
    meaning: 'A field is missing, unknown, or of the wrong type. `errors` lists each of them with a JSON pointer.',
    remedy: 'Correct the listed fields. A `suggestion` names the field that was probably meant.',
  },
  invalid_parameter: {
    status: 400,
    title: 'A query parameter or header is not valid',
    meaning: 'A parameter is unknown, repeated, or has a value that is not allowed. `errors` lists each of them.',
    remedy: 'Use the parameters and values that `detail` and `errors` list.',
  },
  invalid_cursor: {
    status: 400,
    title: 'The cursor is not valid',
    meaning: 'The cursor was not made by this list, or the filters have changed since.',
    remedy: 'Start again from the first page, and pass on `next_cursor` unchanged.',
  },
  unauthenticated: {
    status: 401,
    title: 'Who is calling is not known',
    meaning: 'The request has no credentials, or they are not valid any more.',
    remedy: 'Send `Authorization: Bearer cfk_live_…` (or `X-API-Key`) with a key that has not been revoked.',
  },
  forbidden: {
    status: 403,
    title: 'The permission is missing',
    meaning: 'The caller is known, but lacks the permission that `detail` names.',
    remedy: 'Use a key that has the permission, or ask an administrator for it.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    meaning: 'There is nothing at this address, or it belongs to another tenant.',
    remedy: 'Check the id and the path. /docs lists all operations.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
    meaning: 'The address exists, but not for this method.',
    remedy: 'Use one of the methods that the header `Allow` lists.',
  },
  not_acceptable: {
    status: 406,
    title: 'No such form of the answer',
    meaning: 'The header `Accept` leaves out the only form in which this operation answers.',
    remedy: 'Send `Accept: application/json`, or no `Accept`.',
  },
  request_timeout: {
    status: 408,
    title: 'The request came too slowly',
    meaning: 'Headers or body were not complete within the time limit.',
    remedy: 'Send the request again.',
  },
  task_lost: {
    status: 409,
    title: 'The task is not yours',
    meaning:
      'The lease of the task was over and the task was given to another worker, or it is not wanted any more. The answer changed nothing.',
    remedy: 'Stop working on it. Send heartbeats more often than the lease lasts.',
  },
  conflict: {
    status: 409,
    title: 'The state does not allow this',
    meaning: 'What was asked for contradicts the present state, which `detail` describes.',
    remedy: 'Read the present state, and decide again.',
  },
  version_exists: {
    status: 409,
    title: 'This version exists with another content',
    meaning: 'A published version never changes, and this one was published with another definition.',
    remedy: 'Raise `version` in the definition.',
  },
  credential_exists: {
    status: 409,
    title: 'There is a credential of this name',
    meaning: 'Workflows use a credential by its name, so that a name is given once.',
    remedy: 'Choose another name, or change the credential that is there.',
  },
  invalid_credential: {
    status: 422,
    title: 'The values do not fit the type of the credential',
    meaning:
      'Each type asks for some fields, in some form; `errors` says where they do not fit, without a word of their values.',
    remedy: 'Correct what is listed.',
  },
  execution_ended: {
    status: 409,
    title: 'The execution has ended',
    meaning: 'An execution that is COMPLETED, FAILED or CANCELLED does not change any more.',
    remedy: 'Nothing is left to do for this execution; a new one can be started.',
  },
  execution_not_started: {
    status: 409,
    title: 'The execution has not started',
    meaning: 'An execution that is PENDING waits for its turn: nothing of it has begun that could be changed.',
    remedy: 'Try again when it is RUNNING; `wait_reason` and `/explain` say what it waits for.',
  },
  execution_running: {
    status: 409,
    title: 'The execution has not ended',
    meaning: 'Only an execution that is COMPLETED, FAILED or CANCELLED can be retried.',
    remedy: 'Wait for its end, or cancel it.',
  },
  nothing_failed: {
    status: 409,
    title: 'Nothing has failed',
    meaning: 'A retry from `failed` was asked for an execution that is COMPLETED.',
    remedy: 'Send `from` with the id of the step to begin at, or `start`.',
  },
  already_compensated: {
    status: 409,
    title: 'An outcome to be adopted was undone',
    meaning:
      'Steps whose outcomes the retry would adopt were compensated when the execution ended. `detail` lists them.',
    remedy: 'Begin at the first of them or at `start`, or send `force` when what they did is there all the same.',
  },
  step_not_open: {
    status: 409,
    title: 'The step is not under way',
    meaning: 'A step that has ended, or has not begun, can neither be skipped nor completed.',
    remedy: 'Look at the step again; `detail` says its status.',
  },
  workflow_disabled: {
    status: 409,
    title: 'The workflow is disabled',
    meaning: 'A disabled workflow starts no executions.',
    remedy: 'Enable the workflow, or start another.',
  },
  workflow_not_published: {
    status: 409,
    title: 'The workflow has no published version',
    meaning: 'There is nothing but a draft of this workflow, which cannot be started, disabled or rolled back.',
    remedy: 'Publish the draft first: `POST /api/v1/workflows/{id}/publish`.',
  },
  definition_outdated: {
    status: 409,
    title: 'The stored definition does not compile any more',
    meaning: 'This version was saved by another release, and this release refuses it.',
    remedy: 'Validate the definition, correct what is listed, and publish a new version.',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'The first request with this key is not finished',
    meaning: 'Another request with the same `Idempotency-Key` is being committed.',
    remedy: 'Ask again after `Retry-After` seconds.',
  },
  precondition_failed: {
    status: 412,
    title: 'It has changed since it was read',
    meaning: '`If-Match` names an ETag that is not the present one.',
    remedy: 'Read it again, apply the change to what is there now, and send the new ETag.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    meaning: 'The body is longer than this operation accepts.',
    remedy: 'Send less, or raise `CLOUDFLOW_MAX_BODY`.',
  },
  uri_too_long: {
    status: 414,
    title: 'The address is too long',
    meaning: 'The path and query are longer than the server reads.',
    remedy: 'Use fewer or shorter filters.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not supported',
    meaning: 'The body is not declared as JSON in UTF-8, or it is compressed.',
    remedy: 'Send `Content-Type: application/json`, uncompressed.',
  },
  invalid_definition: {
    status: 422,
    title: 'The workflow cannot be saved',
    meaning:
      'The definition is JSON of the right form but breaks a rule. `errors` lists each place with a JSON pointer.',
    remedy: 'Correct the listed places; `POST /api/v1/workflows/validate` checks without saving.',
  },
  input_invalid: {
    status: 422,
    title: 'The input does not fit the workflow',
    meaning: 'The input breaks the `input_schema` of the workflow. Pointers in `errors` are relative to the input.',
    remedy: 'Correct the listed fields of the input.',
  },
  expression_failed: {
    status: 422,
    title: 'The expression has no value',
    meaning: 'The expression does not parse, uses what does not exist, or fails on these values.',
    remedy: 'Correct what `errors` lists; `position` says where in the text, `suggestion` what was probably meant.',
  },
  unknown_variable: {
    status: 422,
    title: 'There is no such variable',
    meaning: 'The request sets a variable that the definition of the execution does not declare.',
    remedy: 'Use a name from `variables` of the definition.',
  },
  unknown_step: {
    status: 422,
    title: 'There is no such step',
    meaning:
      'The request names a step that the execution or the workflow does not have, or where it cannot be begun again.',
    remedy: 'Use the id of a step, or a path as `GET /api/v1/executions/{id}/steps` shows it.',
  },
  mocks_missing: {
    status: 422,
    title: 'The test run asks for what nothing answers',
    meaning: 'A step of a test run would act on the outside, or reads a step that is not run. `errors` lists each.',
    remedy: 'Add what `suggestion` says; or let it be really done with `"effects": true`.',
  },
  test_run_too_long: {
    status: 422,
    title: 'The test run is too long',
    meaning: 'A test run has half a minute, and so many steps; what it did is not told.',
    remedy: 'Run it up to a step with `until`, on less input, or as an execution.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The key was used for another request',
    meaning: 'The same `Idempotency-Key` came before with another method, path or body.',
    remedy: 'Use a new key for a new request.',
  },
  unstorable_value: {
    status: 422,
    title: 'A value cannot be stored',
    meaning: 'A value is too large or nested too deeply to be kept.',
    remedy: 'Store large data elsewhere and pass a reference.',
  },
  precondition_required: {
    status: 428,
    title: 'The ETag is missing',
    meaning: 'This operation overwrites or deletes, and has to name what it believes to be there.',
    remedy: 'Send `If-Match` with the ETag that reading it gave, or `*`.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    meaning: 'The limit of this key is used up for the moment.',
    remedy: 'Ask again after `Retry-After` seconds.',
  },
  too_many_signals: {
    status: 429,
    title: 'Too many signals wait for the execution',
    meaning: 'The execution keeps 1,000 signals that no step has taken yet. This one was not stored.',
    remedy: 'Send it again after `Retry-After` seconds, when a step has taken some.',
  },
  too_many_operations: {
    status: 429,
    title: 'Too many operations are under way',
    meaning: 'Twenty operations on many executions are under way for this tenant. This one was not made.',
    remedy: 'Cancel one, or come back after `Retry-After` seconds, when one is over.',
  },
  too_many_streams: {
    status: 429,
    title: 'Too many streams are open',
    meaning: 'This tenant holds as many streams of events open in this process as it may.',
    remedy: 'Close one, or come back after `Retry-After` seconds; lists can be read at any time.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    meaning: 'The headers of the request are larger than the server reads.',
    remedy: 'Send fewer or shorter headers.',
  },
  internal: {
    status: 500,
    title: 'An error of CloudFlow',
    meaning: 'Something happened that the program did not expect. It is in the log under the correlation id.',
    remedy: 'Try again; if it stays, report it with the `correlation_id`.',
  },
  overloaded: {
    status: 503,
    title: 'Too much is under way',
    meaning: 'A queue of the server is full. Nothing was done.',
    remedy: 'Ask again after `Retry-After` seconds.',
  },
  database_unavailable: {
    status: 503,
    title: 'The database cannot be reached',
    meaning:
      'PostgreSQL does not answer. Whether a change was made is not known; with an `Idempotency-Key` it is safe to ask again.',
    remedy: 'Ask again after `Retry-After` seconds.',
  },
  unavailable: {
    status: 503,
    title: 'This process takes no new work',
    meaning: 'The process is starting or stopping. Nothing was done.',
    remedy: 'Ask again after `Retry-After` seconds; another process, or this one when it is up again, will answer.',
  },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof problemCodes;
