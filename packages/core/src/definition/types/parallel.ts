/** `parallel`: runs its branches at the same time. */
import type { JsonObject } from '../../json.ts';
import { refuseReservedName } from '../block-name.ts';
import type { ControlType, TypeCompiler } from '../control-type.ts';
import type { StepDocument } from '../document.ts';
import type { Join } from '../plan.ts';
import { pointerTo } from '../pointer.ts';
import { joinSchema } from '../schema/value-schemas.ts';

type Config = {
  readonly branches: { readonly [name: string]: { readonly steps: readonly StepDocument[] } };
  readonly join?: 'all' | 'any' | { readonly count: number };
  readonly cancel_remaining?: boolean;
};

export const parallelType: ControlType = {
  type: 'parallel',
  aliases: [],
  summary:
    'Runs its branches at the same time. The output is an object with the output of each branch by name; branches that have not ended are absent.',
  configSchema: {
    type: 'object',
    required: ['branches'],
    additionalProperties: false,
    properties: {
      branches: {
        description: 'The branches by name, a slug; at least one.',
        type: 'object',
        minProperties: 1,
        propertyNames: { $ref: '#/$defs/slug' },
        additionalProperties: {
          type: 'object',
          required: ['steps'],
          additionalProperties: false,
          properties: { steps: { description: 'The steps of this branch.', $ref: '#/$defs/steps' } },
        },
      },
      join: {
        ...joinSchema,
        description:
          'When the step has succeeded: after all branches, after the first to succeed, or after `count` of them. A branch that fails fails the step until then, as in every block: handle with `on_error` what may fail.',
      },
      cancel_remaining: {
        description:
          'Beside `join` "any" or { "count": n }: branches that have not ended are withdrawn. Without it they run on, and their failure still counts.',
        type: 'boolean',
        default: false,
      },
    },
    examples: [
      {
        branches: {
          stock: {
            steps: [{ id: 'ask-stock', type: 'http_request', config: { url: 'https://stock.example/${ input.sku }' } }],
          },
          price: {
            steps: [{ id: 'ask-price', type: 'http_request', config: { url: 'https://price.example/${ input.sku }' } }],
          },
        },
      },
    ],
  },
  blocks: (config) =>
    Object.entries((config as unknown as Config).branches).map(([name, { steps }]) => ({
      name,
      kind: 'case',
      pointer: `${pointerTo('/branches', name)}/steps`,
      steps,
      together: true,
    })),
  compile(config: JsonObject, step) {
    const parallel = config as unknown as Config;
    const names = Object.keys(parallel.branches);
    for (const name of names) refuseReservedName('a branch', name, { pointer: '/branches', step });
    return {
      kind: 'parallel',
      branches: names.map((name) => ({ name, block: step.block(name) })),
      join: compileJoin(parallel, names.length, step),
    };
  },
};

function compileJoin({ join = 'all', cancel_remaining = false }: Config, branches: number, step: TypeCompiler): Join {
  if (join === 'all') {
    if (cancel_remaining) {
      step.error({
        code: 'cancel_remaining_without_join',
        pointer: '/cancel_remaining',
        message: 'a join of all branches leaves none to cancel; use it beside `join` "any" or { "count": n }',
      });
    }
    return { kind: 'all' };
  }
  const count = join === 'any' ? 1 : join.count;
  if (count > branches) {
    step.error({
      code: 'join_never_satisfied',
      pointer: '/join/count',
      message: `waits for ${count} branches, but there are only ${branches}, so the step could never succeed`,
    });
  }
  return { kind: 'count', count, cancelRemaining: cancel_remaining };
}
