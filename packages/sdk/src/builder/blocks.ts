/** Steps that hold steps. Each list of steps is a function, `(block) => block.step(…)`; what stands around it is in its closure. */
import { type BlockOf, InnerBlocks } from './block.ts';
import type { Expr, Ref } from './expression.ts';
import { fieldsForDocument } from './field-name.ts';
import { body, type StepBody } from './step-body.ts';
import type { Condition, Duration } from './step-fields.ts';
import type { TemplateText } from './value.ts';

/** Outside of any list of steps, there are no more names. */
// biome-ignore lint/complexity/noBannedTypes: no names
type None = {};

/** With `join` "each" or "sets" a block runs several times, and has `arrival`. */
export type Arrival = {
  readonly index: number;
  readonly step: string;
  readonly output: unknown;
  readonly outputs: Readonly<Record<string, unknown>>;
};

/** Groups steps. */
export function block<Last>(config: { readonly steps: BlockOf<{ arrival: Ref<Arrival> }, Last> }): StepBody<Last> {
  const inner = new InnerBlocks();
  return body('block', { steps: inner.steps(config.steps, ['arrival']) }, inner.actions);
}

type Branches = { readonly [name: string]: BlockOf<None> };
type LastOf<Build> = Build extends BlockOf<None, infer Last> ? Last : never;

/** Runs its branches at the same time. */
export function parallel<const B extends Branches>(config: {
  readonly branches: B;
  readonly join?: 'all' | 'any' | { readonly count: number };
  readonly cancelRemaining?: boolean;
}): StepBody<{ readonly [Name in keyof B]: LastOf<B[Name]> }> {
  const { branches, ...rest } = config;
  const inner = new InnerBlocks();
  const made = Object.entries(branches).map(([name, steps]) => [name, { steps: inner.steps(steps) }] as const);
  return body('parallel', { branches: Object.fromEntries(made), ...fieldsForDocument(rest) }, inner.actions);
}

/** Runs the steps of the first case that holds (`mode: 'all'`: of every one), else those of `default`. */
export function switchOn<Last, Default = null>(config: {
  readonly cases: readonly { readonly when: Condition; readonly steps: BlockOf<None, Last> }[];
  readonly default?: BlockOf<None, Default>;
  readonly mode?: 'first' | 'all';
}): StepBody<Last | Default | null> {
  const inner = new InnerBlocks();
  const cases = config.cases.map(({ when, steps }) => ({ when, steps: inner.steps(steps) }));
  const rest = config.default === undefined ? {} : { default: { steps: inner.steps(config.default) } };
  return body('switch', { cases, ...rest, mode: config.mode }, inner.actions);
}

type Items<Item> = Expr<readonly Item[]> | readonly Item[] | string;
type Counts = { [Name in 'done' | 'succeeded' | 'failed' | 'total']: Ref<number> } & {
  results: Ref<readonly unknown[]>;
};
type ItemNames<As extends string, Item> = { readonly [Name in As]: Ref<Item> } & { readonly index: Ref<number> };

/** Runs its steps for every item of a list. Inside, `item` (or the name in `as`) is the item and `index` its place. */
export function forEach<Item, Last, const As extends string = 'item'>(config: {
  readonly items: Items<Item>;
  readonly as?: As;
  readonly steps: BlockOf<ItemNames<As, Item>, Last>;
  readonly concurrency?: number;
  readonly onItemError?: 'fail_fast' | 'continue' | { readonly maxFailures: number };
  readonly completeWhen?: Condition | ((counts: Counts) => Condition);
  readonly remaining?: 'cancel' | 'ignore';
  readonly addSignal?: string;
  readonly closeSignal?: string;
  readonly wait?: boolean;
}): StepBody<readonly (Last | null)[]> {
  const { steps, completeWhen, onItemError, ...rest } = config;
  const inner = new InnerBlocks();
  const made = {
    ...fieldsForDocument(rest),
    on_item_error: typeof onItemError === 'object' ? fieldsForDocument(onItemError) : onItemError,
    complete_when: typeof completeWhen === 'function' ? completeWhen(inner.names(countNames)) : completeWhen,
    steps: inner.steps(steps, [rest.as ?? 'item', 'index']),
  };
  return body('for_each', made, inner.actions);
}

const countNames = ['done', 'succeeded', 'failed', 'total', 'results'];

type Round<Last> = { readonly index: number; readonly previous: Last | null };
type RoundNames = { readonly loop: Ref<Round<unknown>> };
type Rounds =
  | { readonly while: OfRound }
  | { readonly until: OfRound }
  | { readonly times: number | Expr<number> | TemplateText };
type OfRound = Condition | ((round: RoundNames & { readonly steps: Ref<Record<string, unknown>> }) => Condition);

/** Runs its steps in rounds, while or until something holds, or so many times. Inside, `loop` is `{ index, previous }`. */
export function loop<Last>(
  config: Rounds & { readonly steps: BlockOf<RoundNames, Last>; readonly maxIterations?: number },
): StepBody<Last> {
  const { steps, ...rest } = config;
  const inner = new InnerBlocks();
  const names = inner.names(['loop', 'steps']);
  const asked = Object.entries(rest).map(([name, value]) => [name, typeof value === 'function' ? value(names) : value]);
  const made = { ...fieldsForDocument(Object.fromEntries(asked)), steps: inner.steps(steps, ['loop']) };
  return body('loop', made, inner.actions);
}

export type SignalRef = Ref<{ readonly name: string; readonly payload: unknown; readonly received_at: string }>;

/** What is waited for: a time, a point in time, or a signal. */
export type WaitSource =
  | { readonly for: Duration | Expr<unknown> }
  | { readonly until: string | number | Expr<unknown> }
  | {
      readonly signal: string;
      /** Which signals of that name count. */
      readonly match?: Condition | ((names: { readonly signal: SignalRef }) => Condition);
      readonly transient?: boolean;
    };

/** A source for the document. */
export function waitFields(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { match } = source;
  const asked = typeof match === 'function' ? match(new InnerBlocks().names(['signal'])) : match;
  return fieldsForDocument({ ...source, match: asked });
}

/** Waits for the first of its options to happen; the others are withdrawn, and the steps of that one run. */
export function waitAny<Options extends string, Last = unknown>(config: {
  readonly options: { readonly [Name in Options]: WaitSource & { readonly steps?: BlockOf<None, Last> } };
}): StepBody<{ readonly chosen: Options; readonly payload: unknown; readonly output: Last | null }> {
  const inner = new InnerBlocks();
  const made = Object.entries<WaitSource & { readonly steps?: BlockOf<None> }>(config.options).map(
    ([name, { steps, ...source }]) => {
      const own = steps === undefined ? {} : { steps: inner.steps(steps) };
      return [name, { ...waitFields(source), ...own }] as const;
    },
  );
  return body('wait_any', { options: Object.fromEntries(made) }, inner.actions);
}
