/** Random programs of conditions, joins and ways to end, small enough to run with every input that they can tell apart. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/json.ts';
import { after, doAct, say } from '../plan.ts';

type Piece = {
  readonly kind: (typeof kinds)[number];
  readonly deps: readonly number[];
  readonly when: string | null;
  readonly join: (typeof joins)[number];
  readonly onError: (typeof handlings)[number];
  readonly inner: readonly Piece[];
};

const kinds = [
  'say',
  'say',
  'say',
  'act',
  'act',
  'act',
  'terminate',
  'cancel',
  'complete',
  'goto',
  'block',
  'parallel',
  'switch',
  'loop',
  'items',
  'each',
] as const;
const conditions = [
  null,
  null,
  'input.x == 1',
  'input.x == 2',
  'input.x != 1',
  '!(input.x == 2)',
  'input.y',
  '!input.y',
  'vars.n > 1',
  'BEFORE',
];
const joins = ['all', 'any', 2, 2, 3, 'remaining'] as const;
const handlings = ['fail', 'fail', 'skip', 'continue', 'handler'] as const;

const piece = (inner: fc.Arbitrary<readonly Piece[]>) =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    deps: fc.array(fc.nat(4), { maxLength: 3 }),
    when: fc.constantFrom(...conditions),
    join: fc.constantFrom(...joins),
    onError: fc.constantFrom(...handlings),
    inner,
  });

export const choosingPrograms: fc.Arbitrary<readonly Piece[]> = fc.array(
  piece(fc.array(piece(fc.constant([])), { minLength: 1, maxLength: 3 })),
  { minLength: 2, maxLength: 6 },
);

/** All that the conditions tell apart; without `x` most of them fail. */
export const inputs: readonly Json[] = [1, 2, 3]
  .flatMap((x) => [true, false].map((y): Json => ({ x, y })))
  .concat([{ y: true }, {}]);

export function choosingSteps(pieces: readonly Piece[], prefix = 's'): readonly JsonObject[] {
  const idOf = (at: number) => `${prefix}${at}`;
  return pieces.map((each, at) => {
    const on = [...new Set(each.deps.map((back) => at - 1 - back).filter((before) => before >= 0))].map(idOf);
    return {
      ...content(each, { id: idOf(at), on, near: idOf((at * 7 + each.deps.length) % pieces.length) }),
      ...common(each, on),
    };
  });
}

function common({ when, join, onError, kind }: Piece, on: readonly string[]): JsonObject {
  const condition = when === 'BEFORE' ? (on[0] === undefined ? null : `steps.${on[0]}.output == 1`) : when;
  const count = typeof join === 'number' ? Math.min(join, on.length) : 1;
  const several = join === 'all' || on.length < 2 ? {} : { join: { count } };
  return {
    ...(on.length === 0 ? {} : after(...on)),
    ...(condition === null ? {} : { when: condition }),
    ...(kind === 'each' ? (on.length === 0 ? {} : { join: 'each' }) : several),
    ...(join === 'remaining' && on.length > 1 && kind !== 'each' ? { cancel_remaining: true } : {}),
    on_error: onError === 'handler' ? { steps: [] } : onError,
  };
}

type Place = { readonly id: string; readonly on: readonly string[]; readonly near: string };

function content({ kind, inner }: Piece, { id, on, near }: Place): JsonObject {
  const steps = choosingSteps(inner, `${id}-`);
  switch (kind) {
    case 'act':
      return doAct(id, { retry: { max_attempts: 1 } });
    case 'terminate':
      return { id, type: 'terminate', config: { status: 'COMPLETED', output: '${ input.x }' } };
    case 'cancel':
    case 'complete':
      if (near === id) return say(id, 1);
      return { id, type: 'cancel', config: { steps: [near], outcome: kind === 'complete' ? 'complete' : 'skip' } };
    case 'goto':
      return on[0] === undefined ? say(id, 2) : { id, type: 'goto', config: { step: on[0], max: 2 } };
    case 'parallel':
      return { id, type: kind, config: { branches: { a: { steps }, b: { steps: [doAct(`${id}-b`)] } }, join: 'any' } };
    case 'switch':
      return {
        id,
        type: kind,
        config: { cases: [{ when: 'input.x == 1', steps }], default: { steps: [say(`${id}-d`, 1)] } },
      };
    case 'loop':
      return { id, type: kind, config: { until: 'loop.index > 0', steps } };
    case 'items':
      return { id, type: 'for_each', config: { items: [1, 2], steps } };
    case 'block':
    case 'each':
      return { id, type: 'block', config: { steps } };
    default:
      return say(id, '${ input.x }');
  }
}
