/** When a step with several dependencies runs, and joins that cannot be. */
import type { JoinDocument } from './document.ts';
import type { Issues } from './issues.ts';
import type { LaidStep, Layout } from './layout.ts';
import type { Join, JoinOfArrivals } from './plan.ts';

export function compileJoin(
  step: LaidStep,
  dependsOn: readonly number[],
  { layout, issues }: { layout: Layout; issues: Issues },
): Join {
  const { join = 'all', cancel_remaining: cancelRemaining = false } = step.document;
  if (join === 'all') {
    if (cancelRemaining) {
      issues.error({
        code: 'cancel_remaining_without_join',
        pointer: `${step.pointer}/cancel_remaining`,
        message: 'a join of all dependencies leaves none to cancel; use it beside `join` "any" or { "count": n }',
      });
    }
    return { kind: 'all' };
  }
  if (isOfArrivals(join)) return compileArrivals(step, join, { dependsOn, layout, issues });
  const count = join === 'any' ? 1 : join.count;
  const pointer = `${step.pointer}/join`;
  // With unknown dependencies the number is not what its author sees; those are reported already.
  const isWhole = dependsOn.length === (step.document.depends_on?.length ?? 0);
  if (isWhole && dependsOn.length > 0 && count > dependsOn.length) {
    issues.error({
      code: 'join_never_satisfied',
      pointer: `${pointer}/count`,
      message: `waits for ${count} dependencies, but there are only ${dependsOn.length}, so the step could never run`,
    });
  } else if (isWhole && dependsOn.length === 0) {
    issues.error({
      code: 'join_without_dependencies',
      pointer,
      message: 'a join needs `depends_on`: without it the step starts with its block',
    });
  } else if (isWhole && dependsOn.length === 1) {
    issues.warn({ code: 'join_without_effect', pointer, message: 'with one dependency there is nothing to join' });
  }
  return { kind: 'count', count, cancelRemaining };
}

/** True of the joins with which a `block` runs several times. */
export function isOfArrivals(join: JoinDocument | undefined): join is OfArrivals {
  return join === 'each' || join === 'sets' || (typeof join === 'object' && !('count' in join));
}

type OfArrivals = Exclude<JoinDocument, 'all' | 'any' | { readonly count: number }>;

function compileArrivals(
  step: LaidStep,
  join: OfArrivals,
  { dependsOn, layout, issues }: { dependsOn: readonly number[]; layout: Layout; issues: Issues },
): JoinOfArrivals {
  const pointer = `${step.pointer}/join`;
  const isEach = join === 'each' || (typeof join === 'object' && 'each' in join);
  const [name, most] = isEach ? ['each', Number.POSITIVE_INFINITY] : ['sets', dependsOn.length];
  const size = typeof join === 'string' ? Math.min(most, isEach ? 1 : dependsOn.length) : Object.values(join)[0];
  const compiled: JoinOfArrivals = isEach ? { kind: 'each', size: size ?? 1 } : { kind: 'sets', count: size ?? 1 };
  if (step.document.cancel_remaining === true) {
    const message = `beside \`join\` "${name}" nothing remains: every arrival counts; remove it`;
    issues.error({ code: 'cancel_remaining_without_join', pointer: `${step.pointer}/cancel_remaining`, message });
  }
  if (step.document.type !== 'block') {
    const message = `only a \`block\` can run several times; put this \`${step.document.type}\` into one, with the join on the block`;
    issues.error({ code: 'join_only_for_block', pointer, message });
  }
  if (dependsOn.length !== (step.document.depends_on?.length ?? 0)) return compiled; // reported already
  const several = dependsOn.some((each) => arrivesOften(layout.steps[each]));
  const arrivals = isEach && several ? most : dependsOn.length;
  if (dependsOn.length === 0) {
    const message = 'a join needs `depends_on`: without it the step starts with its block';
    issues.error({ code: 'join_without_dependencies', pointer, message });
  } else if (size !== undefined && size > arrivals) {
    const message = `waits for ${size} arrivals, but ${isEach ? 'there are' : 'a set has'} only ${arrivals}, so the step could never run`;
    issues.error({ code: 'join_never_satisfied', pointer: `${pointer}/${name}`, message });
  } else if (dependsOn.length === 1 && !several) {
    const message = 'its one dependency arrives once, so the block runs once at most: there is nothing to join';
    issues.warn({ code: 'join_without_effect', pointer, message });
  }
  return compiled;
}

/** A dependency that arrives once for each of its items, or of its own arrivals. */
function arrivesOften(step: LaidStep | undefined): boolean {
  const { type, join, config } = step?.document ?? {};
  return (type === 'for_each' && config?.['wait'] !== false) || (type === 'block' && isOfArrivals(join));
}
