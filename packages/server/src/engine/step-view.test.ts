import type { RunContext } from '@cloudflow/core/run/contract.ts';
import type { StepRow } from '@cloudflow/core/run/step-rows.ts';
import { expect, it } from 'vitest';
import { stepTexts } from './step-view.ts';

const context: RunContext = {
  executionId: 'x',
  rootId: 'x',
  tenantId: 't',
  input: {},
  trigger: {},
  outside: null,
  generation: 0,
  depth: 0,
  callPath: '',
  heldByCallers: [],
};
const row = (path: string, input: StepRow['input']): StepRow => ({
  step_id: path,
  path,
  round: 0,
  adopted: false,
  type: 'act',
  status: 'SUCCESS',
  attempt: 1,
  input,
  output: null,
  error: null,
  startedAt: 1,
  finishedAt: 3,
});
const going = new AbortController().signal;

it('a step is shown with what it was given, asked of its own execution', async () => {
  const [text] = await stepTexts([row('a', ({ executionId }) => ({ of: executionId }))], context, going);
  expect(JSON.parse(text ?? '')).toMatchObject({
    path: 'a',
    round: 0,
    input: { of: 'x' },
    started_at: '1970-01-01T00:00:00.001Z',
    duration_ms: 2,
  });
});

it('steps that were given much do not make one page together, and none is left out', async () => {
  const large = 'x'.repeat(5_000_000);
  const rows = ['a', 'b', 'c'].map((path) => row(path, () => large));
  const seen: string[] = [];
  while (seen.length < rows.length) {
    const texts = await stepTexts(rows.slice(seen.length), context, going);
    expect(texts).toHaveLength(1);
    seen.push(...texts.map((text) => (JSON.parse(text) as { path: string }).path));
  }
  expect(seen).toEqual(['a', 'b', 'c']);
});

it('nothing more is evaluated for somebody who has gone, and others get a turn between two rows', async () => {
  const caller = new AbortController();
  let evaluated = 0;
  const count = () => {
    evaluated += 1;
    if (evaluated === 3) setImmediate(() => caller.abort());
    return null;
  };
  const rows = Array.from({ length: 200 }, (_, n) => row(`s${n}`, count));
  await expect(stepTexts(rows, context, caller.signal)).rejects.toThrow();
  expect(evaluated).toBeLessThan(10);
});
