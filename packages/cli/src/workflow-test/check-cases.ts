/** What a schema cannot say about cases: whether the workflow has the steps that they name, and whether expressions are right. */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import { pointerTo } from '@cloudflow/core/definition/pointer.ts';
import { compileExpression } from '@cloudflow/core/expression/index.ts';
import { unknownMock } from '@cloudflow/core/test-run/named-steps.ts';
import type { Place } from '../failure/failure.ts';
import type { Cases, TestCase } from './case-file.ts';
import { assertionNames } from './expectation.ts';

export function misnamed(plan: Plan, { cases, mocks }: Cases): readonly Place[] {
  return [
    ...unknownSteps(plan, '/mocks/steps', mocks?.steps),
    ...cases.flatMap((each, at) => misnamedIn(plan, each, `/cases/${at}`)),
    ...repeatedNames(cases),
  ];
}

function misnamedIn(plan: Plan, { mocks, expect }: TestCase, base: string): readonly Place[] {
  return [
    ...unknownSteps(plan, `${base}/mocks/steps`, mocks?.steps),
    ...unknownSteps(plan, `${base}/expect/steps`, expect.steps),
    ...(expect.assert ?? []).flatMap((source, at) => brokenExpression(pointerTo(`${base}/expect/assert`, at), source)),
  ];
}

function unknownSteps(plan: Plan, base: string, byName: object = {}): readonly Place[] {
  return Object.keys(byName).flatMap((name) => {
    const unknown = unknownMock(plan, name);
    return unknown === null ? [] : [{ pointer: pointerTo(base, name), code: 'unknown_step', ...unknown }];
  });
}

function brokenExpression(pointer: string, source: string): readonly Place[] {
  const compiled = compileExpression(source, { names: assertionNames });
  if (!('issues' in compiled)) return [];
  return compiled.issues.map(({ code, message, suggestion }) => ({
    pointer,
    code,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  }));
}

/** A name is what a report knows a case by. */
function repeatedNames(cases: readonly TestCase[]): readonly Place[] {
  const seen = new Set<string>();
  return cases.flatMap(({ name }, at) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ pointer: `/cases/${at}/name`, code: 'repeated', message: `There is another case "${name}".` }];
  });
}
