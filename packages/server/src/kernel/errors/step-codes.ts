/**
 * Every code that the error of a step or of an execution can have: a closed table, printed to docs/reference/errors.md.
 * `retryable` says whether another try may help when the step's `retry` does not decide otherwise.
 */
export type StepCodeRow = {
  readonly retryable: 'yes' | 'no' | 'depends';
  readonly meaning: string;
  readonly remedy: string;
};

const rows = {
  http_status: row(
    'depends',
    'The other side answered with a status that is no success; `details` has it, with an excerpt.',
    'Look at the excerpt. 408, 425, 429 and 5xx are tried again, other statuses are not.',
  ),
  provider_refused: row(
    'depends',
    'The service that the action speaks to refused; `details` has its status, and what it says of the reason.',
    'Correct what the service names. Rate limits and failures of the service itself are tried again, other refusals are not.',
  ),
  timeout: row(
    'yes',
    'The step, or one try of it, took longer than its `timeout`. For an effect it is not known whether it happened.',
    'Raise `timeout`, or find out why the other side is slow.',
  ),
  network: row(
    'yes',
    'The connection failed: name not found, refused, reset, or a broken TLS handshake.',
    'Check host, port and certificate of the address.',
  ),
  egress_denied: row(
    'no',
    'The address is loopback, private, link-local or a metadata service.',
    'Add it to CLOUDFLOW_EGRESS_ALLOW if the workflow is meant to reach it.',
  ),
  credential_unknown: row(
    'no',
    'There is no credential of the name that the step uses.',
    'Make it with POST /credentials, or correct the name.',
  ),
  credential_unusable: row(
    'no',
    'The credential is of a type that cannot be used in this way.',
    'Use one of a type that fits; `secrets.NAME` takes one with a single secret.',
  ),
  credential_host_denied: row(
    'no',
    'A credential of the step may not be sent to the host that it calls, or that it was redirected to.',
    'Correct the URL, or add the host to `allowed_hosts` of the credential.',
  ),
  credential_unavailable: row(
    'yes',
    'The credential could not be read from the database.',
    'It is tried again; look at the log of the server when it does not pass.',
  ),
  response_too_large: row(
    'no',
    'The answer is larger than the action accepts.',
    'Ask the other side for less, or for pages.',
  ),
  response_invalid: row(
    'no',
    'The answer is not what was asked for, such as text where JSON was expected.',
    'Set `response` to what the other side sends.',
  ),
  database: row(
    'depends',
    'The database refused a statement, or undid a transaction; `details.sqlstate` says why.',
    'Look up the SQLSTATE. What passes (serialization, deadlock, a restart) is tried again; the rest is in the statement or its values.',
  ),
  operation_unknown: row(
    'no',
    'A step has no `config`, and no operation is registered under its id.',
    'Register it with PUT /registry/operations/{name}, or give the step a `config`.',
  ),
  operation_unavailable: row(
    'yes',
    'A registered operation could not be read from the database.',
    'It is tried again; look at the log of the server when it does not pass.',
  ),
  config_invalid: row(
    'no',
    'The `config` of the step, with its expressions evaluated, does not fit the action.',
    'Correct the field that `details.pointer` names.',
  ),
  data_invalid: row(
    'no',
    'What the step was given to read is not of its form: no CSV, no XML, no date, nothing that this key opens.',
    'Look at what made it; the message and `details` say where it is wrong.',
  ),
  function_error: row(
    'no',
    'The code of a `function` step threw, or is not JavaScript.',
    'Correct the code; the message is what it threw.',
  ),
  out_of_memory: row('no', 'A `function` used more than its `memory_mb`.', 'Use less memory, or raise `memory_mb`.'),
  expression_error: row(
    'no',
    'An expression met a missing field or a value of the wrong type.',
    'Ask first with `has()` or `.?field.orValue()`; the message has the path.',
  ),
  expression_too_expensive: row(
    'no',
    'An expression used up its cost budget.',
    'Work on fewer items, or in a `function` step.',
  ),
  output_too_large: row(
    'no',
    'The output of the step is larger than CLOUDFLOW_MAX_OUTPUT.',
    'Return less, or store it elsewhere and return a reference.',
  ),
  concurrency_rejected: row(
    'no',
    'As many executions as the concurrency limit allows are running, and its strategy is "reject": this one was not begun.',
    'Start it again later, or choose the strategy "queue".',
  ),
  concurrency_skipped: row(
    'no',
    'As many executions as the concurrency limit allows are running, and its strategy is "skip": this one was not begun.',
    'Nothing, when those that run do its work; else choose the strategy "queue".',
  ),
  unstorable_value: row(
    'no',
    'A value cannot be stored: too deep, or a number that JSON does not have.',
    'Return plain JSON.',
  ),
  aborted: row(
    'yes',
    'The try was stopped because the execution was ending, or its process was stopping.',
    'Nothing; it is tried again where that is still wanted.',
  ),
  overloaded: row(
    'yes',
    'Too many tries waited in the process, so this one was not begun.',
    'Nothing while there are tries left; else start fewer at once, or run more processes.',
  ),
  withdrawn: row(
    'no',
    'The step was no longer needed: a join was satisfied without it, or it was cancelled by the workflow.',
    'Nothing.',
  ),
  outcome_unknown: row(
    'no',
    'The process died during an effect with `delivery: at_most_once`, so nobody knows whether it happened.',
    'Find out at the other side, then go on or compensate by hand.',
  ),
  worker_lost: row(
    'yes',
    'Three workers, one after the other, took the try and were not heard of in time.',
    'Look at the log of the workers: the try may be what ends them. Raise their memory, or send heartbeats.',
  ),
  execution_timeout: row(
    'no',
    'The execution took longer than the `timeout` of the workflow.',
    'Raise it, or find the step that takes the time.',
  ),
  terminated: row('no', 'A `terminate` step ended the execution as FAILED.', 'The message is what the workflow says.'),
  cancelled: row('no', 'The execution was cancelled, by a person, the API, or a `terminate` step.', 'Nothing.'),
  action_unknown: row(
    'no',
    'No action of this type is registered in this process.',
    'Run a release that has the action.',
  ),
  action_error: row(
    'depends',
    'The action failed in a way of its own; the message says how.',
    'Read the message and `details`.',
  ),
  engine_error: row(
    'yes',
    'The engine itself failed to run the try; the log has the cause under the execution id.',
    'Report it with the execution id if it stays.',
  ),
  engine_crash_loop: row(
    'no',
    'Loading this execution ended the process three times, so it is set aside.',
    'Report it with the execution id; its journal is complete.',
  ),
  input_invalid: row(
    'no',
    'The input of a child does not fit its `input_schema`.',
    'Correct the `input` of the calling step.',
  ),
  child_failed: row('no', 'The execution that the step started has failed; `details` names it.', 'Look at the child.'),
  child_output_sensitive: row(
    'no',
    'A `sub_workflow` that waits calls a workflow whose output takes from a sensitive step; nothing was started.',
    'Give that workflow an `output` of what is not sensitive, or set `wait` to false.',
  ),
  workflow_unknown: row(
    'no',
    'The workflow or version that a `sub_workflow` names does not exist any more.',
    'Publish it, or name another.',
  ),
  workflow_disabled: row('no', 'The workflow that a `sub_workflow` names is disabled.', 'Enable it.'),
  definition_outdated: row(
    'no',
    'This release cannot run the stored definition that a `sub_workflow` names.',
    'Publish it again; validation says what has changed.',
  ),
  held_by_caller: row(
    'no',
    'A step asked for a lock, or an execution for its place under a concurrency limit, that is held by an execution which waits for it.',
    'Give caller and called different keys, or let the caller not wait (`"wait": false`).',
  ),
  depth_limit: row(
    'no',
    'Executions called one another more than 32 deep.',
    'Check the condition that ends the recursion, or use a loop.',
  ),
  loop_limit: row('no', 'A loop reached `max_iterations`.', 'Raise it, or correct the condition.'),
  milestone_unreachable: row(
    'no',
    'A step waited for its `milestone`, and nothing else in the execution could happen that would let it hold.',
    'Let some step write what the milestone reads, or use `"else": "skip"`.',
  ),
  items_limit: row(
    'no',
    'Signals added so many items to a `for_each` that it has over 100,000.',
    'Send fewer, close the step earlier, or start an execution for each of them.',
  ),
  goto_limit: row('no', 'A `goto` was taken more often than its `max`.', 'Raise it, or correct the condition.'),
} as const satisfies Record<string, StepCodeRow>;

export const stepCodes: { readonly [code in StepCode]: StepCodeRow } = rows;
export type StepCode = keyof typeof rows;

function row(retryable: StepCodeRow['retryable'], meaning: string, remedy: string): StepCodeRow {
  return { retryable, meaning, remedy };
}
