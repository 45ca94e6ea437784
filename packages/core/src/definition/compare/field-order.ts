/**
 * The order of fields in which people read a definition: what it is, when it runs, what it does, and what becomes of it. The
 * meaning of a definition does not depend on it.
 */
import type { Json, JsonObject } from '../../json.ts';
import { type Visitor, walkDocument, walkStep } from '../schema/walk.ts';

const work = ['type', 'depends_on', 'join', 'cancel_remaining', 'when', 'milestone', 'lock', 'config', 'output'];
const outcome = ['timeout', 'retry', 'delivery', 'sensitive', 'on_error', 'compensate'];

/** Of objects that are not listed, the order of their schema holds. */
const orders: { readonly [kind: string]: readonly string[] } = {
  workflow: [
    ...['schema_version', 'workflow_id', 'version', 'name', 'description', 'tags', 'labels'],
    ...['input_schema', 'variables', 'priority', 'concurrency', 'timeout', 'step_timeout', 'retry'],
    ...['steps', 'output', 'on_failure', 'on_cancel', 'ui'],
  ],
  step: ['id', ...work, ...outcome],
  compensation: [...work, ...outcome],
};

/** Whatever is longer than a line stands behind what says how it runs. */
const holdsSteps: ReadonlySet<string> = new Set(['steps', 'cases', 'default', 'branches', 'options']);

const arranging: Visitor = {
  fields(object, names, kind) {
    const order = orders[kind] ?? [...names.filter((name) => !holdsSteps.has(name)), ...names];
    return inOrder(object, order);
  },
  steps: (steps) => steps.map((step) => walkStep(step, arranging)),
};

/**
 * The same definition with its fields in order. Untouched stay the order of lists, of fields that are data (variables, the
 * config of actions, branches and options by their names), and whatever the language does not know, which comes last.
 */
export function withFieldsInOrder(document: Json): Json {
  return walkDocument(document, arranging);
}

function inOrder(object: JsonObject, order: readonly string[]): JsonObject {
  const names = new Set([...order.filter((name) => Object.hasOwn(object, name)), ...Object.keys(object)]);
  return Object.fromEntries([...names].map((name) => [name, object[name] ?? null]));
}
