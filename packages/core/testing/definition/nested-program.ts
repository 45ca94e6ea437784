/** Random nested programs, and what each step of one can see, worked out without the compiler. */
import fc from 'fast-check';
import type { Json } from '../../src/json.ts';

/** A program without ids: which types stand inside which, and what depends on what. */
export type Shape = {
  readonly kind: Kind;
  readonly depends: readonly number[];
  readonly inner: readonly (readonly Shape[])[];
};
type Kind = (typeof plain)[number] | (typeof holding)[number];
const plain = ['transform', 'milestone', 'cancel', 'goto'] as const;
const holding = [
  'block',
  'each',
  'sets',
  'parallel',
  'times',
  'while',
  'until',
  'for_each',
  'adding',
  'switch',
] as const;

const depends = fc.array(fc.nat(), { maxLength: 2 });

export const { shapes } = fc.letrec<{ shapes: readonly Shape[]; shape: Shape }>((tie) => ({
  shapes: fc.array(tie('shape'), { minLength: 1, maxLength: 4 }),
  shape: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom(...plain), depends, inner: fc.constant([]) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom(...holding),
        depends,
        inner: fc.array(tie('shapes'), { minLength: 1, maxLength: 3 }),
      }),
    },
  ),
}));

type Field = { [name: string]: Json };

/** What a step can see. */
type Around = {
  /** Ids of the steps that have certainly ended when it starts. */
  readonly ended: readonly string[];
  /** Ids of the steps that hold it. */
  readonly holders: readonly string[];
  /** Of those that have ended: the steps of its own block. */
  readonly before: readonly string[];
  /** Names that only the blocks around it give. */
  readonly names: readonly string[];
};

export type BuiltStep = Around & {
  readonly id: string;
  /** The step as it stands in the document; a test may add fields to it. */
  readonly document: Field;
};

export type Program = { readonly steps: readonly Field[]; readonly all: readonly BuiltStep[] };

/** A program in which every expression and every `cancel` names all that it can see. */
export function buildProgram(of: readonly Shape[]): Program {
  const all: BuiltStep[] = [];
  const cancels: { readonly document: Field; readonly spared: readonly string[] }[] = [];
  let next = 0;

  function block(inside: readonly Shape[], around: Around): readonly Field[] {
    const ids = inside.map(() => `s${next++}`);
    const before: (readonly string[])[] = [];
    return inside.map(({ kind, depends, inner }, at) => {
      const id = ids[at] ?? '';
      const on = at === 0 ? [] : [...new Set(depends.map((each) => each % at))];
      const earlier = [...new Set(on.flatMap((each) => [ids[each] ?? '', ...(before[each] ?? [])]))];
      before.push(earlier);
      const own: Around = {
        ended: [...around.ended, ...earlier],
        holders: around.holders,
        before: earlier,
        names: around.names,
      };
      const document: Field = { id, ...(on.length === 0 ? {} : { depends_on: on.map((each) => ids[each] ?? '') }) };
      const joins = on.length > 0 && (kind === 'each' || kind === 'sets');
      // Its condition is asked for each arrival, and sees it.
      all.push({ id, document, ...own, names: joins ? [...own.names, 'arrival'] : own.names });
      if (kind === 'cancel') cancels.push({ document, spared: [id, ...own.holders] });
      const within = { ...own, holders: [...own.holders, id] };
      return Object.assign(document, joins ? repeated(kind, inner, within) : content(kind, inner, within));
    });
  }

  function repeated(kind: 'each' | 'sets', inner: readonly (readonly Shape[])[], own: Around): Field {
    const steps = block(inner[0] ?? [], { ...own, names: [...own.names, 'arrival'] });
    return { type: 'block', config: { steps }, join: kind };
  }

  function content(kind: Kind, inner: readonly (readonly Shape[])[], own: Around): Field {
    const steps = (...names: string[]) => block(inner[0] ?? [], { ...own, names: [...own.names, ...names] });
    switch (kind) {
      case 'block':
      case 'each':
      case 'sets':
        return { type: 'block', config: { steps: steps() } };
      case 'parallel': {
        const branches = inner.map((each, at) => [`b${at}`, { steps: block(each, own) }] as const);
        return { type: kind, config: { branches: Object.fromEntries(branches) } };
      }
      case 'switch':
        return { type: kind, config: { cases: inner.map((each) => ({ when: 'input.x', steps: block(each, own) })) } };
      case 'for_each': {
        const as = `item${next}`;
        return {
          type: kind,
          config: { items: 'input.list', as, complete_when: 'done > 3', steps: steps(as, 'index') },
        };
      }
      case 'times':
        return { type: 'loop', config: { times: 2, steps: steps('loop') } };
      case 'while':
        return { type: 'loop', config: { while: 'loop.index < 2', steps: steps('loop') } };
      case 'until':
        return { type: 'loop', config: untilLoop(steps('loop'), own) };
      case 'adding': {
        return {
          type: 'for_each',
          config: { items: 'input.list', add_signal: `more-${next}`, steps: steps('item', 'index') },
        };
      }
      case 'milestone':
        return { ...said(own), milestone: { when: 'input.x' } };
      case 'cancel': // what it names is known when all is built
      case 'goto': {
        const [step] = own.before;
        return step === undefined ? said(own) : { type: kind, config: { step }, when: 'input.x' };
      }
      case 'transform':
        return said(own);
    }
  }

  const built = block(of, { ended: [], holders: [], before: [], names: [] });
  for (const { document, spared } of cancels) {
    const reached = all.flatMap(({ id }) => (spared.includes(id) ? [] : [id]));
    if (reached.length > 0) Object.assign(document, { type: 'cancel', config: { steps: reached } });
  }
  return { steps: built, all };
}

function said({ ended, names }: Around): Field {
  return { type: 'transform', config: { output: [...ended.map(outputOf), ...names].map((each) => `\${ ${each} }`) } };
}

/** `until` sees the steps of the round that has ended, too. */
function untilLoop(steps: readonly Field[], { ended }: Around): Field {
  const seen = [...ended, ...steps.map(({ id }) => String(id))].map((id) => `${outputOf(id)} == 1`);
  return { until: ['loop.index > 2', ...seen].join(' || '), steps };
}

function outputOf(id: string): string {
  return `steps.${id}.output`;
}
