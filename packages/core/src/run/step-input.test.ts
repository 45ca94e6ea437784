import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type Answer, contextOf, rebuild, simulate, type Try } from '../../testing/simulate.ts';
import type { Json, JsonObject } from '../json.ts';
import { stepRows } from './step-rows.ts';

const input = { amount: 7 };
const fn = (id: string, given: Json, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'function',
  config: { code: 'export default (input) => input', input: given },
  ...more,
});

/** What the rows say, by path, read from the journal alone; beside it what the tries really got. */
function told(steps: readonly Json[], more: JsonObject = {}, answer?: (attempt: Try) => Answer) {
  const plan = planOf(steps, more);
  const run = simulate(plan, { input, ...(answer && { answer }) });
  const rows = stepRows(plan, rebuild(plan, run.events));
  const shown = Object.fromEntries(rows.map((row) => [row.path, row.input(contextOf(input))]));
  const given = Object.fromEntries(run.tried.map((each) => [each.path, each.input]));
  return { shown, given, events: run.events };
}

describe('the input of a step, as its row shows it,', () => {
  it('is what its tries were given, though the journal does not hold it', () => {
    const { shown, given, events } = told([
      say('price', { cents: '${ input.amount * 100 }' }),
      doAct('pay', { config: { cents: '${ steps.price.output.cents }', by: '${ execution.id }' }, ...after('price') }),
      fn('check', { paid: '${ steps.pay.status }' }, after('pay')),
    ]);
    expect(given).toEqual({ pay: { cents: 700, by: 'x' }, check: { paid: 'SUCCESS' } });
    expect(shown).toEqual({ price: null, ...given });
    expect(JSON.stringify(events)).not.toContain('"in":');
  });

  it('is what it was when it began, where variables have changed since: of a function, too', () => {
    const set = { id: 'set', type: 'set_variables', config: { n: 2 }, ...after('pay', 'check') };
    const { shown, given } = told([doAct('pay', { config: { n: '${ vars.n }' } }), fn('check', '${ vars.n }'), set], {
      variables: { n: 1 },
    });
    expect(given).toEqual({ pay: { n: 1 }, check: 1 });
    expect(shown).toMatchObject(given);
  });

  it('is null for a step that did not begin, and for one whose config cannot be evaluated', () => {
    const { shown, given } = told([
      doAct('bad', { config: { n: '${ input.missing.more }' }, on_error: 'continue' }),
      doAct('no', { config: { n: 1 }, when: 'false' }),
    ]);
    expect(given).toEqual({});
    expect(shown).toEqual({ bad: null, no: null });
  });

  it('is null where it tells of a step that has changed since: its handled one, or one that was not waited for', () => {
    const no: Answer = { error: { code: 'no', message: 'no', retryable: false } };
    const handler = doAct('mend', { config: { was: '${ steps.pay.status }', why: '${ error.code }' } });
    const { shown, given } = told(
      [
        doAct('pay', { on_error: { steps: [handler] } }),
        doAct('quick'),
        doAct('slow'),
        doAct('first', { config: { slow: '${ steps.slow.status }' }, ...after('quick', 'slow'), join: 'any' }),
      ],
      {},
      ({ path }) => (path === 'pay' ? no : { output: 1, after: path === 'slow' ? 50 : 1 }),
    );
    expect(given['first']).toEqual({ slow: 'EXECUTING' });
    expect(given['pay.error.mend']).toMatchObject({ why: 'no' });
    expect(shown).toMatchObject({ first: null, 'pay.error.mend': null });
  });

  it('is that of each item of its own', () => {
    const each = {
      id: 'each',
      type: 'for_each',
      config: { items: [3, 4], steps: [doAct('do', { config: { n: '${ item }' } })] },
    };
    const { shown, given } = told([each]);
    expect(given).toEqual({ 'each.0.do': { n: 3 }, 'each.1.do': { n: 4 } });
    expect(shown).toMatchObject(given);
  });
});

describe('secrets in the input of a step', () => {
  const config = { auth: 'Bearer ${ secrets.KEY }', n: '${ vars.n }' };
  const plan = planOf([doAct('pay', { config, retry: { initial: 10 } })], { variables: { n: 1 } });
  const refuse = ({ attempt }: Try): Answer =>
    attempt === 1 ? { error: { code: 'busy', message: '', retryable: true } } : { output: 1 };

  it('are stand-ins, the same in every try where the input is recorded, also after a crash', () => {
    const run = simulate(plan, { answer: refuse, then: [{ at: 5, input: 'restart' }] });
    expect(run.end?.status).toBe('COMPLETED');
    const [first, ...others] = run.tried;
    expect(others.length).toBeGreaterThan(0);
    expect(first?.marker).toBeTruthy();
    expect(first?.input).toEqual({ auth: `Bearer \${secrets.KEY#${first?.marker}}`, n: 1 });
    for (const each of others) expect(each).toMatchObject({ input: first?.input, marker: first?.marker });
  });

  it('are shown as they stand in the definition, recorded or not', () => {
    for (const steps of [[doAct('pay', { config })], [doAct('pay', { config: { ...config, n: 1 } })]]) {
      const { shown, events } = told(steps, { variables: { n: 1 } });
      expect(shown).toEqual({ pay: { auth: 'Bearer ${secrets.KEY}', n: 1 } });
      expect(JSON.stringify(events).includes('"in":')).toBe(JSON.stringify(steps).includes('vars'));
    }
  });

  it('have another marker in each evaluation: what was sent before cannot hold the next one [S052]', () => {
    const twice = planOf([doAct('a', { config }), doAct('b', { config, ...after('a') })], { variables: { n: 1 } });
    const [a, b] = simulate(twice, {}).tried;
    expect(a?.marker).not.toBe(b?.marker);
  });
});
