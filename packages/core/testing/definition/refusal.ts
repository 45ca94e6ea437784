/** What tests of refused documents share: small documents, and the one error that each is refused with. */
import { expect } from 'vitest';
import { compile } from '../../src/definition/compile.ts';
import type { Json, JsonObject } from '../../src/json.ts';
import { testActions } from './actions.ts';

export const say = (id: string, output: Json, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'transform',
  config: { output },
  ...more,
});
export const http = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'http_request',
  config: { url: 'http://x' },
  ...more,
});
export const wf = (steps: Json, more: JsonObject = {}): JsonObject => ({
  workflow_id: 'w',
  version: '1.0.0',
  steps,
  ...more,
});
export const route = (cases: Json, more: JsonObject = {}): JsonObject => ({
  id: 'route',
  type: 'switch',
  config: { cases },
  ...more,
});

export type Refusal = {
  readonly why: string;
  readonly document: Json;
  readonly code: string;
  readonly pointer: string;
  readonly suggestion?: string;
  readonly says?: string;
};

export function expectRefusal({ document, code, pointer, suggestion, says }: Refusal): void {
  const result = compile(document, testActions);
  const errors = 'errors' in result ? result.errors : [];
  expect(errors.map((each) => `${each.code} ${each.pointer}`)).toEqual([`${code} ${pointer}`]);
  expect(errors[0]?.suggestion).toBe(suggestion);
  if (says !== undefined) expect(errors[0]?.message).toContain(says);
}
