/** What keeps executions and steps apart: the `concurrency` of a workflow and the `lock` of a step. */
import { isOfArrivals } from './join.ts';
import type { LaidStep, Layout } from './layout.ts';
import type { Concurrency, Lock } from './plan.ts';
import { type View, viewOfInput } from './view.ts';
import type { Workshop } from './workshop.ts';

/** Its key is asked before the execution begins, and perhaps again by whoever takes it up: it sees the input alone. */
export function compileConcurrency({ document, sources, issues }: Workshop): Concurrency | null {
  if (document.concurrency === undefined) return null;
  const { key: source, limit, strategy = 'queue' } = document.concurrency;
  const key = source === undefined ? null : sources.expression('/concurrency/key', source, viewOfInput);
  if (key?.volatile) {
    issues.error({
      code: 'key_not_constant',
      pointer: '/concurrency/key',
      message: 'the key is made of `input` alone: `now()` and `uuid()` would give each execution a key of its own',
    });
  }
  return { key, limit, strategy };
}

export function compileLock(step: LaidStep, view: View, { layout, sources, issues }: Workshop): Lock | null {
  const { lock } = step.document;
  if (lock === undefined) return null;
  const around = lockedAround(step, layout);
  if (around !== undefined) {
    issues.error({
      code: 'lock_inside_lock',
      pointer: `${step.pointer}/lock`,
      message: `\`${around.id}\`, which this step stands in, holds a lock already: two locks taken one inside the other can wait for each other for ever`,
    });
  }
  if (isOfArrivals(step.document.join)) {
    issues.error({
      code: 'lock_with_arrivals',
      pointer: `${step.pointer}/lock`,
      message: `with this \`join\` the block runs many times, and would hold the lock through all of them; lock a step inside it`,
    });
  }
  return { key: sources.expression(`${step.pointer}/lock/key`, lock.key, view), scope: lock.scope };
}

/** The nearest step that still holds its lock while this one runs; what undoes a step runs when that has ended. */
function lockedAround(step: LaidStep, { blocks, steps }: Layout): LaidStep | undefined {
  for (let block = blocks[step.block]; block !== undefined && block.owner !== null; ) {
    const owner = steps[block.owner];
    if (owner === undefined) return undefined;
    if (block.kind !== 'compensation' && owner.document.lock !== undefined) return owner;
    block = blocks[owner.block];
  }
  return undefined;
}
