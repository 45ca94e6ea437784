/** Every construct of the language, its success and its failure, on the running product. */
import { describe, expect, it } from 'vitest';
import { blocks } from './cases/blocks.ts';
import { data } from './cases/data.ts';
import { failing } from './cases/failing.ts';
import { flow } from './cases/flow.ts';
import { refused } from './cases/refused.ts';
import { rounds } from './cases/rounds.ts';
import { signals } from './cases/signals.ts';
import { at } from './definitions.ts';
import { useProduct } from './product.ts';
import { recordHistory } from './record-history.ts';
import { runCase } from './run-case.ts';

const product = useProduct();

describe.each([
  ['flow', flow],
  ['data', data],
  ['failing', failing],
  ['blocks', blocks],
  ['rounds', rounds],
  ['signals', signals],
])('%s', (_, cases) => {
  it.concurrent.each(cases)('$name', async (each) => {
    await recordHistory(product, each.name, await runCase(product.api, product.outside.world(each.world), each));
  });
});

describe('refused definitions', () => {
  it.concurrent.each(refused)('$name', async ({ definition, error }) => {
    const sent = at('http://127.0.0.1:1', definition);
    const answer = await product.api.post('/workflows', sent);
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json).toMatchObject({ code: 'invalid_definition', status: 422 });
    expect(answer.json.errors).toContainEqual(expect.objectContaining(error));

    const validated = await product.api.post('/workflows/validate', sent);
    expect(validated).toMatchObject({ status: 200, json: { valid: false, errors: answer.json.errors } });
  });
});
