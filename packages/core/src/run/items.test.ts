import { describe, expect, it } from 'vitest';
import { planOf, say } from '../../testing/plan.ts';
import { simulate } from '../../testing/simulate.ts';

describe('an item that is null', () => {
  it('is null inside, and no missing name', () => {
    const plan = planOf([
      {
        id: 'all',
        type: 'for_each',
        config: { items: 'input.list', steps: [say('same', '${ [item, item == null] }')] },
      },
    ]);
    const { end } = simulate(plan, { input: { list: [1, null] } });
    expect(end).toMatchObject({
      status: 'COMPLETED',
      output: {
        all: [
          [1, false],
          [null, true],
        ],
      },
    });
  });
});
