/** A list of steps under construction. Each `step` gives a new one, whose type knows the steps so far. */
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import type { Static, TSchema } from 'typebox';
import type { Action, TypedAction } from '../action.ts';
import { type Ref, referenceTo } from './expression.ts';
import { inferDependencies } from './infer-dependencies.ts';
import { action, type StepBody } from './step-body.ts';
import { type AnyStepFields, renderBody, renderStepFields, type StepError, type StepFields } from './step-fields.ts';
import type { Resolved, Value } from './value.ts';

/** `steps.ID` of an expression. */
export type StepRef<Output> = Ref<{
  readonly output: Output;
  readonly status: 'QUEUED' | 'EXECUTING' | 'SUCCESS' | 'FAILED' | 'SKIPPED';
  readonly error: StepError;
  readonly attempts: number;
  readonly started_at: string;
  readonly finished_at: string;
  /** Of a `switchOn`: the number of the case that ran, or "default". */
  readonly case: number | 'default' | null;
}>;

/** What an expression can use where a step stands. */
export type Scope<Names, Steps> = Names & { readonly steps: { readonly [Id in keyof Steps]: StepRef<Steps[Id]> } };

export type OrFrom<Sight, T> = T | ((scope: Sight) => T);
type Known<Steps> = Extract<keyof Steps, string>;
/** An id that is taken is refused where it is written. */
export type Free<Id extends string, Steps> = Id extends keyof Steps ? never : Id;
/** `output` of a step shapes what others see of it. */
export type Shaped<Output, Shape> = unknown extends Shape ? Output : Resolved<Shape>;
export type With<Steps, Id extends string, Output> = Steps & { readonly [Name in Id]: Output };

export type Fields<Names, Steps, Output, Shape> = OrFrom<
  Scope<Names, Steps> & { readonly result: Ref<Output> },
  StepFields<Known<Steps>, HandlerSteps> & { readonly output?: Shape }
>;

// biome-ignore lint/complexity/noBannedTypes: a block without steps has no ids
export type EmptyBlock<Names> = Block<Names, {}, null>;

/** What a list of steps is made of so far. */
export type Drafts = {
  /** As they stand in the document. */
  readonly documents: readonly JsonObject[];
  /** Declarations of the actions that the steps use. */
  readonly actions: readonly Action[];
};

declare const lastOutput: unique symbol;

/** Whatever steps there are: the last of them gives a `Last`. */
export type EndsWith<Last> = Drafts & { readonly [lastOutput]: Last };

export class Block<Names, Steps, Last> implements Drafts {
  readonly documents: readonly JsonObject[];
  readonly actions: readonly Action[];
  readonly #names: Names;
  declare readonly [lastOutput]: Last;
  declare protected readonly known: Steps;

  constructor(names: Names, { documents, actions }: Drafts) {
    this.#names = names;
    this.documents = documents;
    this.actions = actions;
  }

  /** Adds a step. What it does, and its fields, are given as they are, or as a function of what can be used there. */
  step<Id extends string, Output, Shape = unknown>(
    id: Free<Id, Steps>,
    does: OrFrom<Scope<Names, Steps>, StepBody<Output>>,
    fields?: Fields<Names, Steps, Output, Shape>,
  ): Block<Names, With<Steps, Id, Shaped<Output, Shape>>, Shaped<Output, Shape>>;
  step<Id extends string, Config extends TSchema, Output extends TSchema, Shape = unknown>(
    id: Free<Id, Steps>,
    declaration: TypedAction<Config, Output>,
    config: OrFrom<Scope<Names, Steps>, Value<Static<Config>>>,
    fields?: Fields<Names, Steps, Static<Output>, Shape>,
  ): Block<Names, With<Steps, Id, Shaped<Static<Output>, Shape>>, Shaped<Static<Output>, Shape>>;
  step(id: string, does: Does, ...rest: readonly unknown[]): unknown {
    return new Block(this.#names, withStep(this, this.#names as object, { id, does, rest }));
  }
}

/** What `step` was called with; behind a declaration comes its config. */
export type StepCall = { readonly id: string; readonly does: Does; readonly rest: readonly unknown[] };
export type Does = TypedAction<TSchema, TSchema> | OrFrom<never, StepBody<unknown>>;

export function withStep({ documents, actions }: Drafts, names: object, { id, does, rest }: StepCall): Drafts {
  const scope = { ...names, steps: referenceTo('steps') };
  const isDeclaration = 'run' in does;
  const work = isDeclaration
    ? action(does, given(rest[0], scope) as object)
    : (given(does, scope) as StepBody<unknown>);
  const sight = { ...scope, result: referenceTo('result') };
  const fields = given(rest[isDeclaration ? 1 : 0] ?? {}, sight) as AnyStepFields<HandlerSteps>;
  const inner = new InnerBlocks();
  const step = { id, ...renderBody(work), ...renderStepFields(fields, inner) };
  const siblings = documents.map((each) => String(each['id']));
  const uses = fields.dependsOn === undefined ? inferDependencies(step, siblings) : [];
  return {
    documents: [...documents, uses.length === 0 ? step : { ...step, depends_on: uses }],
    actions: [...actions, ...work.actions, ...inner.actions],
  };
}

/** `(block) => block.step(…).step(…)`; `Names` are what exists only inside, such as `item`. */
export type BlockOf<Names, Last = unknown> = (block: EmptyBlock<Names>) => EndsWith<Last>;
type HandlerSteps = BlockOf<{ readonly error: Ref<StepError> }>;

/** Makes the blocks inside of one step, and remembers the actions that their steps use. */
export class InnerBlocks {
  readonly actions: Action[] = [];

  /** The steps as they stand in the document. */
  steps<Names>(build: BlockOf<Names>, names: readonly string[] = []): Json[] {
    const { documents, actions } = build(new Block(this.names<Names>(names), { documents: [], actions: [] }));
    this.actions.push(...actions);
    return [...documents];
  }

  /** References to names that exist in one place only. */
  names<Names>(names: readonly string[]): Names {
    return Object.fromEntries(names.map((name) => [name, referenceTo(name)])) as Names;
  }
}

/** Some things are given as they are, or as a function of what can be used where they stand. */
export function given(value: unknown, scope: object): unknown {
  return typeof value === 'function' ? (value as (scope: object) => unknown)(scope) : value;
}
