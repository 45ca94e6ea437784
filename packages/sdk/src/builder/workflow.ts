/**
 * A workflow that is written in code: it is a definition like any other, with the types of its input and of the outputs of its
 * steps known while it is written.
 *
 *     export default workflow('welcome', { version: '1.0.0', input: Type.Object({ email: Type.String() }) })
 *       .step('create', ({ input }) => http<{ id: string }>({ url: 'https://crm.example/people', method: 'POST', body: input }))
 *       .step('tell', ({ steps }) => http({ url: `https://mail.example/welcome/${steps.create.output.body.id}` }))
 *       .build();
 */

import { withFieldsInOrder } from '@cloudflow/core/definition/compare/field-order.ts';
import type { WorkflowDocument } from '@cloudflow/core/definition/document.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import type { Static, TSchema } from 'typebox';
import type { Action, TypedAction } from '../action.ts';
import {
  Block,
  type Does,
  type Drafts,
  type Fields,
  type Free,
  given,
  type OrFrom,
  type Scope,
  type Shaped,
  type With,
  withStep,
} from './block.ts';
import { checkDefinition } from './check-definition.ts';
import { type Expr, type Ref, referenceTo } from './expression.ts';
import { fieldsForDocument } from './field-name.ts';
import type { StepBody } from './step-body.ts';
import { type Duration, type Retry, renderRetry, type StepError } from './step-fields.ts';
import { render, type Value } from './value.ts';

export type WorkflowOptions<Input, Variables> = {
  readonly version: string;
  readonly schemaVersion?: '1.0';
  readonly name?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly labels?: { readonly [name: string]: string };
  /** What the workflow is started with: a schema of TypeBox, or any JSON Schema. */
  readonly input?: Input;
  /** Initial values of `vars`; constants. */
  readonly variables?: Variables;
  readonly timeout?: Duration;
  readonly stepTimeout?: Duration;
  readonly retry?: Retry;
  readonly priority?: number;
  readonly concurrency?: {
    readonly key?: string | Expr<unknown>;
    readonly limit: number;
    readonly strategy?: 'queue' | 'reject' | 'cancel_running' | 'skip';
  };
  readonly ui?: object;
};

type InputOf<Input> = Input extends TSchema ? Static<Input> : unknown;
/** `0` stands for any number: a variable changes. */
type Widened<V> = V extends number
  ? number
  : V extends string
    ? string
    : V extends boolean
      ? boolean
      : V extends null
        ? unknown
        : V;
type Names<Input, Variables> = {
  readonly input: Ref<InputOf<Input>>;
  readonly vars: Ref<{ readonly [Name in keyof Variables]: Widened<Variables[Name]> }>;
  readonly trigger: Ref<unknown>;
};

/** Begins a workflow. */
// biome-ignore lint/complexity/noBannedTypes: no variables, no steps
export function workflow<const Input extends TSchema | boolean = {}, Variables extends object = {}>(
  id: string,
  options: WorkflowOptions<Input, Variables>,
  // biome-ignore lint/complexity/noBannedTypes: no steps
): Workflow<Names<Input, Variables>, {}> {
  const { input, retry, variables, ui, labels, ...rest } = options;
  const head = {
    workflow_id: id,
    ...(render(fieldsForDocument(rest)) as JsonObject),
    ...(labels === undefined ? {} : { labels }),
    ...(variables === undefined ? {} : { variables: render(variables) }),
    ...(ui === undefined ? {} : { ui: render(ui) }),
    ...(retry === undefined ? {} : { retry: renderRetry(retry) }),
    // A schema of TypeBox has its JSON Schema in its enumerable fields.
    ...(input === undefined ? {} : { input_schema: JSON.parse(JSON.stringify(input)) as Json }),
  };
  const names = { input: referenceTo('input'), vars: referenceTo('vars'), trigger: referenceTo('trigger') };
  const drafts = { documents: [], actions: [] };
  return new Workflow(names as unknown as Names<Input, Variables>, drafts, { fields: head, actions: [] });
}

/** The parts of the document beside its steps. */
type Head = { readonly fields: JsonObject; readonly actions: readonly Action[] };

export class Workflow<Names, Steps> {
  readonly #names: Names;
  readonly #drafts: Drafts;
  readonly #head: Head;
  declare protected readonly known: Steps;

  constructor(names: Names, drafts: Drafts, head: Head) {
    this.#names = names;
    this.#drafts = drafts;
    this.#head = head;
  }

  /** Adds a step. What it does, and its fields, are given as they are, or as a function of what can be used there. */
  step<Id extends string, Output, Shape = unknown>(
    id: Free<Id, Steps>,
    does: OrFrom<Scope<Names, Steps>, StepBody<Output>>,
    fields?: Fields<Names, Steps, Output, Shape>,
  ): Workflow<Names, With<Steps, Id, Shaped<Output, Shape>>>;
  step<Id extends string, Config extends TSchema, Output extends TSchema, Shape = unknown>(
    id: Free<Id, Steps>,
    declaration: TypedAction<Config, Output>,
    config: OrFrom<Scope<Names, Steps>, Value<Static<Config>>>,
    fields?: Fields<Names, Steps, Static<Output>, Shape>,
  ): Workflow<Names, With<Steps, Id, Shaped<Static<Output>, Shape>>>;
  step(id: string, does: Does, ...rest: readonly unknown[]): unknown {
    return new Workflow(this.#names, withStep(this.#drafts, this.#names as object, { id, does, rest }), this.#head);
  }

  /** The result of the execution. Without it: the outputs of the steps that nothing depends on, by their ids. */
  output(output: OrFrom<Scope<Names, Steps>, AnyValue>): Workflow<Names, Steps> {
    return this.#with({ output: render(given(output, { ...this.#names, steps: referenceTo('steps') })) });
  }

  /** Steps that run when the execution has failed, after what was done is undone. They see all steps, and `error`. */
  onFailure(steps: Ending<Names, Steps>): Workflow<Names, Steps> {
    return this.#ending('on_failure', steps);
  }

  /** Steps that run when the execution is cancelled, after what was done is undone. */
  onCancel(steps: Ending<Names, Steps>): Workflow<Names, Steps> {
    return this.#ending('on_cancel', steps);
  }

  /**
   * The definition. Throws `InvalidDefinitionError` for whatever saving would refuse, but for what only the server knows: which
   * other actions and workflows there are.
   */
  build(): WorkflowDocument {
    const document = withFieldsInOrder({ ...this.#head.fields, steps: this.#drafts.documents });
    return checkDefinition(document, [...this.#drafts.actions, ...this.#head.actions]);
  }

  #ending(kind: 'on_failure' | 'on_cancel', build: Ending<Names, Steps>): Workflow<Names, Steps> {
    const names = { ...this.#names, error: referenceTo<StepError>('error') };
    const { documents, actions } = build(new Block(names, { documents: [], actions: [] }));
    return this.#with({ [kind]: documents }, actions);
  }

  #with(fields: JsonObject, actions: readonly Action[] = []): Workflow<Names, Steps> {
    const head = { fields: { ...this.#head.fields, ...fields }, actions: [...this.#head.actions, ...actions] };
    return new Workflow(this.#names, this.#drafts, head);
  }
}

/** Not `unknown`: that would hide what the function is given. */
type AnyValue = object | string | number | boolean | null;
type Ending<Names, Steps> = (block: Block<Names & { readonly error: Ref<StepError> }, Steps, null>) => Drafts;
