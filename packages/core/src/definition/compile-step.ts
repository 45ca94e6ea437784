/** One step of a document, compiled. */
import type { Expression, Template } from '../expression/expression.ts';
import { isAlwaysFalse } from './always-false.ts';
import { compileAction } from './compile-action.ts';
import type { Sight, TypeCompiler } from './control-type.ts';
import { compileLock } from './exclusion.ts';
import { goBack } from './go-back.ts';
import type { Issues } from './issues.ts';
import { compileJoin, isOfArrivals } from './join.ts';
import type { LaidStep } from './layout.ts';
import { compileMilestone } from './milestone.ts';
import type { OnError, PlanStep, Work } from './plan.ts';
import { reachStep } from './reach-step.ts';
import { readTimeout } from './timeout.ts';
import { blockType } from './types/block.ts';
import { type View, viewAfter, viewOf } from './view.ts';
import type { Workshop } from './workshop.ts';

export function compileStep(step: LaidStep, workshop: Workshop): PlanStep {
  const { layout, graph, sources, issues } = workshop;
  const { document, pointer, index } = step;
  const view = viewOf(step, layout);
  const dependsOn = graph.dependsOn[index] ?? [];
  const when =
    document.when === undefined
      ? null
      : sources.condition(
          `${pointer}/when`,
          document.when,
          viewOf(step, layout, isOfArrivals(document.join) ? ['arrival'] : []),
        );
  warnOfConstantWhen(step, when, issues);
  const { work, timeoutMs } = compileWork(step, { when, view, workshop });
  return {
    index,
    id: step.id,
    type: document.type,
    block: step.block,
    pointer,
    dependsOn,
    dependents: graph.dependents[index] ?? [],
    when,
    milestone: compileMilestone(step, view, workshop),
    join: compileJoin(step, dependsOn, workshop),
    lock: compileLock(step, view, workshop),
    timeoutMs,
    onError: compileOnError(step, issues),
    compensation: step.blocks.get('compensate') ?? null,
    output:
      document.output === undefined
        ? null
        : sources.template(`${pointer}/output`, document.output, viewOf(step, layout, ['result'])),
    sensitive: document.sensitive === true, // spreads from here, see sensitive.ts
    work,
  };
}

type Compiling = { readonly when: Expression | null; readonly view: View; readonly workshop: Workshop };

function compileWork(
  step: LaidStep,
  { when, view, workshop }: Compiling,
): { readonly work: Work; readonly timeoutMs: number | null } {
  const { sources, issues } = workshop;
  if ('action' in step.type) return compileAction(step, step.type.action, { when, view, workshop });
  if ('unknown' in step.type)
    return { work: { kind: 'transform', output: sources.template('', null, view) }, timeoutMs: null };
  refuseActionFields(step, issues);
  return {
    work: step.type.control.compile(step.config, typeCompiler(step, view, workshop)),
    timeoutMs: readTimeout(step.document.timeout, `${step.pointer}/timeout`, issues),
  };
}

function typeCompiler(step: LaidStep, view: View, workshop: Workshop): TypeCompiler {
  const { sources, issues, layout } = workshop;
  const at = (pointer: string) => `${step.pointer}/config${pointer}`;
  const block = (name: string) => step.blocks.get(name) ?? -1; // absent for no name that `blocks` gave
  const viewFrom = ({ names = [], after }: Sight): View =>
    after === undefined ? { ...view, names: [...view.names, ...names] } : viewAfter(block(after), layout);
  return {
    hasTimeout: step.document.timeout !== undefined,
    template: (pointer, value): Template => sources.template(at(pointer), value, view),
    value: (pointer, value): Template => sources.value(at(pointer), value, view),
    condition: (pointer, source, sight = {}) => sources.condition(at(pointer), source, viewFrom(sight)),
    block,
    reach: (pointer, id) => reachStep(id, { from: step, pointer: at(pointer), workshop }),
    goBack: (pointer, id) => goBack(id, { from: step, pointer: at(pointer), workshop }),
    error: (issue) => issues.error({ ...issue, pointer: at(issue.pointer) }),
    warn: (issue) => issues.warn({ ...issue, pointer: at(issue.pointer) }),
  };
}

function refuseActionFields({ document, pointer }: LaidStep, issues: Issues): void {
  for (const field of ['retry', 'delivery'] as const) {
    if (document[field] === undefined) continue;
    issues.error({
      code: 'not_for_control_type',
      pointer: `${pointer}/${field}`,
      message: `\`${field}\` is for actions, and \`${document.type}\` is none: remove it`,
    });
  }
}

function compileOnError({ document, pointer, blocks, type }: LaidStep, issues: Issues): OnError {
  const { on_error: onError = 'fail' } = document;
  if (typeof onError === 'string') return { kind: onError };
  const { compensate = false } = onError;
  if (compensate && !('control' in type && type.control === blockType)) {
    issues.error({
      code: 'compensate_outside_block',
      pointer: `${pointer}/on_error/compensate`,
      message: `\`compensate: true\` undoes what succeeded inside a \`block\`; put this \`${document.type}\` into one, with the handler on the block`,
    });
  }
  return { kind: 'handler', block: blocks.get('error') ?? -1, compensate };
}

function warnOfConstantWhen({ pointer }: LaidStep, when: Expression | null, issues: Issues): void {
  if (when === null || !isAlwaysFalse(when)) return;
  issues.warn({
    code: 'step_never_runs',
    pointer: `${pointer}/when`,
    message: 'this is always false, so the step never runs',
  });
}
