/** `for_each`: runs its steps for every item of a list, several at a time. */
import { reservedWords } from '../../expression/index.ts';
import type { Json } from '../../json.ts';
import type { ControlType, TypeCompiler } from '../control-type.ts';
import type { StepDocument } from '../document.ts';
import { mayDiffer } from '../may-differ.ts';
import { expressionSchema } from '../schema/value-schemas.ts';
import { rootNames } from '../view.ts';

type Config = {
  readonly items: Json;
  readonly as?: string;
  readonly steps: readonly StepDocument[];
  readonly concurrency?: number;
  readonly on_item_error?: 'fail_fast' | 'continue' | { readonly max_failures: number };
  readonly complete_when?: string;
  readonly remaining?: 'cancel' | 'ignore';
  readonly add_signal?: string;
  readonly close_signal?: string;
  readonly wait?: boolean;
};

const defaultAs = 'item';
const defaultConcurrency = 20;

export const forEachType: ControlType = {
  type: 'for_each',
  aliases: [],
  summary:
    'Runs its steps for every item of a list, several at a time. Inside, `item` (or the name in `as`) is the item and `index` its place, from 0. The output is an array in the order of the items, with null where an item failed or did not end; with `wait: false` the ids of the executions that it started.',
  configSchema: {
    type: 'object',
    required: ['items', 'steps'],
    additionalProperties: false,
    properties: {
      items: {
        description: 'The list: an expression, or an array whose strings may hold `${ }`.',
        type: ['array', 'string'],
        minLength: 1,
        'x-expected': 'a list, or an expression that gives one',
      },
      as: {
        description: 'The name of the item inside.',
        type: 'string',
        maxLength: 64,
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        'x-expected': 'a name: letters, digits and `_`, the first no digit',
        default: defaultAs,
      },
      steps: { description: 'The steps that run for each item.', $ref: '#/$defs/steps' },
      concurrency: {
        description: 'How many items run at once.',
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: defaultConcurrency,
      },
      on_item_error: {
        description:
          'When an item fails: `fail_fast` fails the step, `continue` goes on; with `max_failures` n the step fails when more than n items have failed.',
        default: 'fail_fast',
        anyOf: [
          { enum: ['fail_fast', 'continue'] },
          {
            type: 'object',
            'x-expected': '{ "max_failures": n }',
            required: ['max_failures'],
            additionalProperties: false,
            properties: {
              max_failures: { description: 'How many failed items are forgiven.', type: 'integer', minimum: 0 },
            },
          },
        ],
      },
      complete_when: {
        ...expressionSchema,
        description:
          'Asked after each item; true ends the step before all items have ended. Sees `done`, `succeeded`, `failed`, `total` (numbers) and `results` (the output so far).',
      },
      remaining: {
        description:
          'What becomes of items that have not ended when `complete_when` is true: withdrawn, or left to run on without counting.',
        enum: ['cancel', 'ignore'],
        default: 'cancel',
      },
      add_signal: {
        description:
          'The name of a signal whose payload `{ "items": [...] }` adds items at the end of the list, from the moment the step begins until it ends; kept signals count, in order. A signal with another payload is not taken: it stays kept, and why stands beside it in the events. At most 100,000 items in all, else the step fails with `items_limit`.',
        $ref: '#/$defs/slug',
      },
      close_signal: {
        description:
          'Beside `add_signal`: the name of the signal after which no more items come; until then the step stays open, also when all its items have ended. Without it the step ends as soon as every item that it knows of has ended.',
        $ref: '#/$defs/slug',
      },
      wait: {
        description:
          'With `false` each item becomes an execution of its own, all of them at once, and the step goes on with their ids. It is an execution of this version whose steps are those of the item; they see `input`, `vars`, the outputs of earlier steps and the item as they were when it was started, which is also what it shows as its `input`. Variables that it writes, its failure, its compensation, pausing and cancelling are its own; `timeout`, `output`, `on_failure` and `on_cancel` of the workflow are not for it. Such executions and sub-workflows stand at most 32 deep.',
        type: 'boolean',
        default: true,
      },
    },
    dependentRequired: { close_signal: ['add_signal'] },
    examples: [
      {
        items: 'input.orders',
        as: 'order',
        concurrency: 5,
        on_item_error: 'continue',
        steps: [
          { id: 'ship', type: 'http_request', config: { url: 'https://ship.example/${ order.id }', method: 'POST' } },
        ],
      },
    ],
  },
  blocks(config) {
    const { as = defaultAs, concurrency = defaultConcurrency, steps, wait = true } = config as unknown as Config;
    const together = wait && concurrency > 1;
    const names = [as, 'index'];
    return [{ name: 'item', kind: 'item', pointer: '/steps', steps, names, together, detached: !wait }];
  },
  compile(config, step) {
    const forEach = config as unknown as Config;
    const { as = defaultAs, complete_when: completeWhen } = forEach;
    if (as !== defaultAs && (reservedWords.has(as) || rootNames.includes(as))) refuseName(as, step);
    const items = compileItems(forEach.items, step);
    const { wait = true } = forEach;
    if (!wait) refuseWithoutWaiting(forEach, step);
    return {
      kind: 'for_each',
      block: step.block('item'),
      items,
      recordItems: mayDiffer(items),
      as,
      wait,
      concurrency: forEach.concurrency ?? defaultConcurrency,
      maxFailures: maxFailures(forEach),
      completeWhen:
        completeWhen === undefined ? null : step.condition('/complete_when', completeWhen, { names: countNames }),
      remaining: forEach.remaining ?? 'cancel',
      adds: compileAdds(forEach, step),
    };
  },
};

const countNames = ['done', 'succeeded', 'failed', 'total', 'results'];

function refuseName(as: string, step: TypeCompiler): void {
  step.error({
    code: 'reserved_name',
    pointer: '/as',
    message: `\`${as}\` has a meaning of its own in expressions; choose another name for the item`,
  });
}

/** What says how items end, or how many run at once, says nothing where nobody waits for them. */
function refuseWithoutWaiting(config: Config, step: TypeCompiler): void {
  for (const field of onlyWhenWaiting) {
    if (config[field] === undefined) continue;
    step.error({
      code: 'only_when_waiting',
      pointer: `/${field}`,
      message: `with \`wait: false\` each item is an execution of its own and the step ends when all are started, so \`${field}\` has nothing to say: remove it, or wait`,
    });
  }
  if (config.concurrency === undefined) return;
  step.warn({
    code: 'concurrency_without_effect',
    pointer: '/concurrency',
    message: 'with `wait: false` all items are started, however many of them run',
  });
}

const onlyWhenWaiting = ['on_item_error', 'complete_when', 'remaining', 'add_signal', 'close_signal'] as const;

function compileItems(items: Json, step: TypeCompiler) {
  const list = step.value('/items', items);
  if (list.type !== 'list' && list.type !== 'dyn') {
    step.error({
      code: 'not_a_list',
      pointer: '/items',
      message: `expected a list, but this is always of type ${list.type}`,
    });
  }
  return list;
}

function compileAdds(
  { add_signal: signal, close_signal: closedBy, complete_when: enough }: Config,
  step: TypeCompiler,
) {
  if (signal === undefined) return null;
  if (signal === closedBy) {
    step.error({
      code: 'conflicting_fields',
      pointer: '/close_signal',
      message: `\`${signal}\` cannot both add items and say that no more come; give the two signals different names`,
    });
  } else if (closedBy !== undefined && enough === undefined && !step.hasTimeout) {
    step.warn({
      code: 'wait_without_timeout',
      pointer: '/close_signal',
      message: `when \`${closedBy}\` never comes, this stays open for ever; say how long with the \`timeout\` of the step`,
    });
  }
  return { signal, closedBy: closedBy ?? null };
}

/** Null: all of them are forgiven. */
function maxFailures({ on_item_error: policy = 'fail_fast' }: Config): number | null {
  if (policy === 'fail_fast') return 0;
  return policy === 'continue' ? null : policy.max_failures;
}
