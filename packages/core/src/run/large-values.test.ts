import { describe, expect, it } from 'vitest';
import { after, planOf, say } from '../../testing/plan.ts';
import { simulate } from '../../testing/simulate.ts';

const twice = (n: number, build: (before: string) => unknown) =>
  Array.from({ length: n }, (_, i) =>
    i === 0 ? say('s0', [1]) : say(`s${i}`, build(`\${steps.s${i - 1}.output}`) as string, after(`s${i - 1}`)),
  );

describe('a value that holds itself many times', () => {
  it('is refused before it is written, however small it is in memory [F60 F61]', () => {
    for (const build of [(before: string) => [before, before], (before: string) => ({ a: before, b: before })]) {
      const { end } = simulate(planOf(twice(60, build)));
      expect(end).toMatchObject({ status: 'FAILED', error: { code: 'expression_too_expensive' } });
    }
  });

  it('is refused as the output of all that nothing depends on', () => {
    const big = say('big', 'x'.repeat(1_000));
    const wide = say(
      'wide',
      Array.from({ length: 900 }, () => '${steps.big.output}'),
      after('big'),
    );
    const ends = Array.from({ length: 20 }, (_, i) => say(`e${i}`, '${steps.wide.output}', after('wide')));
    const { end } = simulate(planOf([big, wide, ...ends]));
    expect(end).toMatchObject({ status: 'FAILED', error: { code: 'output_too_large' } });
  });
});
