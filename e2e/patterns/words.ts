/** Steps that several patterns are written with. */
import type { Step } from '../definitions.ts';

type Steps = readonly Step[];

export const block = (id: string, steps: Steps, more: object = {}): Step => ({
  id,
  type: 'block',
  config: { steps },
  ...more,
});
export const chooses = (id: string, config: object, more: object = {}): Step => ({
  id,
  type: 'switch',
  config,
  ...more,
});
export const each = (id: string, config: object, more: object = {}): Step => ({
  id,
  type: 'for_each',
  config,
  ...more,
});
export const waits = (id: string, config: object, more: object = {}): Step => ({ id, type: 'wait', config, ...more });
export const cancels = (id: string, steps: readonly string[], config: object = {}, more: object = {}): Step => ({
  id,
  type: 'cancel',
  config: { steps, ...config },
  ...more,
});
export const sets = (id: string, values: object, more: object = {}): Step => ({
  id,
  type: 'set_variables',
  config: values,
  ...more,
});

/** Held by at most one step of the execution at a time. */
export const alone = { lock: { key: "'alone'", scope: 'execution' } };
