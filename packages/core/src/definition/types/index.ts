/** The control types that exist. To add one: a file beside this one, and a line here. */
import type { ControlType } from '../control-type.ts';
import { blockType } from './block.ts';
import { cancelType } from './cancel.ts';
import { forEachType } from './for-each.ts';
import { functionType } from './function.ts';
import { gotoType } from './goto.ts';
import { loopType } from './loop.ts';
import { parallelType } from './parallel.ts';
import { setVariablesType } from './set-variables.ts';
import { subWorkflowType } from './sub-workflow.ts';
import { switchType } from './switch.ts';
import { terminateType } from './terminate.ts';
import { transformType } from './transform.ts';
import { waitType } from './wait.ts';
import { waitAnyType } from './wait-any.ts';

export const controlTypes: readonly ControlType[] = [
  transformType,
  setVariablesType,
  functionType,
  switchType,
  blockType,
  parallelType,
  forEachType,
  loopType,
  subWorkflowType,
  waitType,
  waitAnyType,
  gotoType,
  cancelType,
  terminateType,
];

const byName: ReadonlyMap<string, ControlType> = new Map(
  controlTypes.flatMap((each) => [each.type, ...each.aliases].map((name) => [name, each] as const)),
);

export function findControlType(name: string): ControlType | undefined {
  return byName.get(name);
}

export const controlTypeNames: readonly string[] = [...byName.keys()];
