/** Definitions in the few words that the cases need. */
export type Step = { readonly id: string; readonly type: string; readonly [field: string]: unknown };
export type Definition = { readonly workflow_id: string; readonly version: string; readonly [field: string]: unknown };

/** A call of the outside world; `STUB` in a text becomes the address of the case's world. */
export const calls = (id: string, more: object = {}): Step => ({
  id,
  type: 'http_request',
  config: { url: `STUB/${id}`, method: 'POST' },
  ...more,
});

export const says = (id: string, output: unknown, more: object = {}): Step => ({
  id,
  type: 'transform',
  config: { output },
  ...more,
});

export const naps = (id: string, duration: string | number, more: object = {}): Step => ({
  id,
  type: 'wait',
  config: { for: duration },
  ...more,
});

export const waits = (id: string, signal: string, more: object = {}): Step => ({
  id,
  type: 'wait',
  config: { signal },
  ...more,
});

export const needs = (...ids: string[]) => ({ depends_on: ids });
export const once = { retry: { max_attempts: 1 } };

let made = 0;

/** A definition under a name that no other test of this process uses. */
export function aWorkflow(steps: readonly Step[], more: object = {}): Definition {
  made += 1;
  return { workflow_id: `case-${process.pid}-${made}`, version: '1.0.0', steps, ...more };
}

/** The definition with `STUB` replaced by the address of the outside world. */
export function at<T>(url: string, definition: T): T {
  return JSON.parse(JSON.stringify(definition).replaceAll('STUB', url)) as T;
}
