/** The 43 workflow control-flow patterns, each on the running product through its public API. */
import { describe, expect, it } from 'vitest';
import { patterns } from './patterns/index.ts';
import { useProduct } from './product.ts';
import { recordHistory } from './record-history.ts';
import { runCase } from './run-case.ts';

const product = useProduct();
const titled = patterns.map((pattern) => ({ ...pattern, title: `WCP-${pattern.number} ${pattern.name}` }));

describe('the workflow control-flow patterns', () => {
  it('are all here, each once', () => {
    expect(patterns.map(({ number }) => number)).toEqual(Array.from({ length: 43 }, (_, index) => index + 1));
  });

  it.concurrent.each(titled)('$title', async ({ title, shown }) => {
    const id = await runCase(product.api, product.outside.world(shown.world), { name: title, ...shown });
    await recordHistory(product, title, id);
  });
});
