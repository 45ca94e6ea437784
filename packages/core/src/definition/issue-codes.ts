/** Every code that saving a workflow can answer with, and what it means. Codes are never renamed and never used for something else. */
import type { ExpressionIssue } from '../expression/expression.ts';
import type { ProblemCode } from './json-schema/problem.ts';

/** Of the shape of a document, of a config, and of an input against its schema. */
export const problemCodes: { readonly [code in ProblemCode]: string } = {
  missing_field: 'A required field is missing; the pointer says where it would stand.',
  unknown_field: 'There is no such field here.',
  wrong_type: 'A value of another type was expected.',
  not_allowed_value: 'The value is not one of those allowed.',
  too_short: 'Text, list or object is shorter than allowed.',
  too_long: 'Text, list or object is longer than allowed.',
  too_small: 'The number is smaller than allowed.',
  too_large: 'The number is larger than allowed.',
  not_a_multiple: 'The number is not a multiple of what the schema asks for.',
  pattern_mismatch: 'The text does not have the form that is asked for.',
  format_mismatch: 'The text does not have the format that the schema names.',
  duplicate_item: 'An item stands in the list twice.',
  missing_item: 'The list lacks an item that the schema asks for.',
  too_many_items: 'The list has too many items of one kind.',
  no_alternative_fits: 'None of several allowed shapes fits.',
  several_alternatives_fit: 'Exactly one of several shapes may fit, but more do.',
  forbidden_value: 'The schema forbids this value.',
  too_deep: 'The value is nested too deep.',
  too_expensive: 'Checking the value against the schema takes too long.',
};

/** Of the expressions in a document. */
export const expressionCodes: { readonly [code in ExpressionIssue['code']]: string } = {
  expression_syntax: 'The expression does not parse.',
  expression_type: 'The expression certainly fails or has the wrong type.',
  unknown_name: 'The expression uses a name that does not exist where it stands.',
  unknown_function: 'The expression calls a function that does not exist, or with the wrong number of arguments.',
};

/** Of what a document means. */
export const meaningCodes = {
  unknown_type: 'There is no such step type.',
  duplicate_id: 'Two steps have the same id; reported at the later one.',
  unknown_dependency: 'There is no such step in the block.',
  dependency_outside_block: 'A step depends on steps of its own block only.',
  duplicate_dependency: 'A dependency is listed twice.',
  depends_on_itself: 'A step depends on itself.',
  cycle: 'Steps depend on one another in a circle.',
  join_never_satisfied:
    'A join waits for more dependencies than there are, or than can ever succeed in one execution; the message names the conditions that keep them apart.',
  join_only_for_block: 'A join of arrivals (`each`, `sets`) stands at a step that is no `block`.',
  join_without_dependencies: 'A join stands beside no dependencies.',
  cancel_remaining_without_join: '`cancel_remaining` stands beside a join of all.',
  step_never_runs:
    'The step can never run: what must be so for it to start cannot be so at once. The message names the way there.',
  secret_for_worker: 'A config of a type that a worker runs uses `secrets`, which never leave the server.',
  conflicting_fields: 'Two fields say the same.',
  not_for_control_type: 'The field is for actions only.',
  only_with_signal: 'The field is for a wait for a signal only.',
  only_when_waiting: 'The field is for a `for_each` that waits for its items.',
  compensate_outside_block: '`compensate: true` in a handler is for a `block` only.',
  lock_inside_lock: 'A locked step stands inside a step that holds a lock itself.',
  lock_with_arrivals: 'A block that runs for each arrival has a lock.',
  key_not_constant: 'A concurrency key uses what differs each time it is asked.',
  reserved_name: 'The name has a meaning of its own here.',
  not_a_list: 'Something that is certainly not a list is to be gone through.',
  not_a_count: 'This is not a whole number of rounds.',
  step_out_of_reach: '`cancel` names itself, a step that holds it, or a step of a part that never runs beside it.',
  goto_not_back: '`goto` names a step that does not come before it in its block.',
  variable_race: 'Items of a `for_each` that run at once write one variable.',
  invalid_duration: 'This is not a duration, or not one that is allowed here.',
  invalid_timestamp: 'This is not a timestamp.',
  no_default_export: 'The code of a function exports no default function.',
  error_without_failure: '`terminate` gives an error to an execution that completes.',
  unknown_step: 'An expression, a `cancel` or a `goto` names a step that does not exist.',
  step_not_ended: 'An expression refers to a step that may not have ended, or cannot be seen from there.',
  unknown_step_field: 'An expression asks a step for a field that it does not have.',
  unknown_name_field: 'An expression asks a name such as `loop` for a field that it does not have.',
  dynamic_step_reference: 'An expression names a step only when it runs.',
  unknown_variable: 'An expression reads a variable that nothing writes.',
  unknown_input_field: 'An expression reads a field that `input_schema` does not allow.',
  sensitive_in_plain_text: 'What a sensitive step gave would be kept where nothing is encrypted.',
  constant_expected: 'A field of an action that takes a constant holds an expression.',
  invalid_credential_name: 'A credential is named by something else than a constant name.',
  invalid_input_schema: '`input_schema` is not a JSON Schema that can be run.',
  nested_too_deep: 'Blocks or values are nested too deep.',
  unknown_workflow: 'A `sub_workflow` names a workflow that does not exist.',
  unknown_version: 'A `sub_workflow` names a version that was not published.',
  document_too_large: 'The document is over 1 MB.',
  too_many_steps: 'The document has over 5,000 steps.',
  more_issues: 'There is more to say than is listed.',
} as const;

/** Of warnings: the workflow is saved all the same. */
export const warningCodes = {
  step_never_runs: 'The step is switched off by a condition that is always false, or leads on from such steps only.',
  output_always_null: 'An expression reads the output of a step that cannot have run when it is read.',
  join_without_effect: 'A join stands beside a single dependency.',
  variable_race: 'Two steps that may run at once write one variable.',
  busy_loop: 'A loop without a wait may run over 1,000 rounds.',
  loop_over_limit: 'A loop certainly asks for more rounds than its `max_iterations`, and fails with `loop_limit`.',
  wait_without_timeout: 'A step waits for a signal, and nothing ends the wait when none comes.',
  goto_always_taken: 'A `goto` without a condition can only end by its `max`.',
  concurrency_without_effect: '`concurrency` stands beside `wait: false`: all items are started.',
  cancel_without_effect: '`cancel` names a step that has ended before, or never runs beside it.',
  post_without_idempotency:
    'A POST sets an `Idempotency-Key` that is empty, or the same in every execution, in place of the one that every try carries.',
  secret_in_plain_text: 'A config holds what looks like a secret.',
  unknown_credential: 'A step uses a credential that does not exist; the step fails until it does.',
  milestone_never_changes: 'A step waits for a milestone that nothing can change.',
  not_evaluated: 'An initial value of a variable holds an expression, which stays text.',
  unknown_keyword: 'A keyword of `input_schema` is most probably misspelled, and is ignored.',
  more_issues: 'There is more to say than is listed.',
} as const;

export type ErrorCode = ProblemCode | ExpressionIssue['code'] | keyof typeof meaningCodes;
export type WarningCode = keyof typeof warningCodes;
