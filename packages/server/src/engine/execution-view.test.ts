import { expect, it } from 'vitest';
import type { ExecutionHead } from './engine.ts';
import { executionRow, executionText } from './execution-view.ts';

const head: ExecutionHead = {
  id: '01900000-0000-7000-8000-000000000001',
  slug: 'order',
  version: '1.0.0-"x"',
  status: 'FAILED',
  phase: null,
  waitReason: null,
  inputText: '{"a":"\\u0000","__proto__":1}',
  outputText: null,
  errorText: '{"code":"http_status","message":"answered 500","step":"pay"}',
  labels: { team: 'a"b' },
  businessKey: 'O-1 "quoted"',
  triggerText: '{"type":"api"}',
  parentId: null,
  retryOf: null,
  rootId: '01900000-0000-7000-8000-000000000001',
  createdAt: 1_000,
  startedAt: 1_500,
  finishedAt: 2_250,
  seq: 4,
};

it('prints an execution as valid JSON with every field that the API names', () => {
  expect(JSON.parse(executionText(head))).toEqual({
    id: head.id,
    workflow_id: 'order',
    version: '1.0.0-"x"',
    status: 'FAILED',
    phase: null,
    wait_reason: null,
    input: JSON.parse(head.inputText),
    output: null,
    error: { code: 'http_status', message: 'answered 500', step: 'pay' },
    labels: { team: 'a"b' },
    business_key: 'O-1 "quoted"',
    created_at: '1970-01-01T00:00:01.000Z',
    started_at: '1970-01-01T00:00:01.500Z',
    finished_at: '1970-01-01T00:00:02.250Z',
    duration_ms: 750,
    parent: null,
    retry_of: null,
    root: head.id,
    trigger: { type: 'api' },
    as_of_seq: 4,
  });
});

it('has variables only when they are asked for', () => {
  expect(JSON.parse(executionText(head, { n: 1 }))).toMatchObject({ variables: { n: 1 } });
  expect(JSON.parse(executionText(head))).not.toHaveProperty('variables');
});

it('lists an execution with the same fields, without input, output and trigger', () => {
  const { input: _input, output: _output, trigger: _trigger, ...rest } = JSON.parse(executionText(head));
  expect(executionRow(head)).toEqual(rest);
});
