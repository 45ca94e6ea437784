/** What is written in code is what stands in the document, and what cannot be is refused while it is written. */
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { defineAction } from '../action.ts';
import {
  action,
  and,
  block,
  cancel,
  delay,
  eq,
  fn,
  forEach,
  goto,
  gt,
  http,
  InvalidDefinitionError,
  later,
  loop,
  parallel,
  secrets,
  setVariables,
  subWorkflow,
  switchOn,
  terminate,
  transform,
  wait,
  waitAny,
  workflow,
} from './index.ts';

const sendMail = defineAction({
  type: 'mail.send',
  title: 'Send mail',
  description: 'Sends mail.',
  version: 1,
  config: Type.Object({ to: Type.String(), urgent: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
  output: Type.Object({ message_id: Type.String() }),
  errors: [],
  defaultTimeoutMs: 1_000,
  effect: 'external',
  run: async () => ({ message_id: '' }),
});

const input = Type.Object({
  email: Type.String(),
  amount: Type.Number(),
  lines: Type.Array(Type.Object({ sku: Type.String() })),
});
const onboarding = workflow('onboarding', { version: '1.0.0', input, variables: { tries: 0 } });
const created = onboarding.step('create', ({ input: person }) =>
  http<{ id: string }>({ url: 'https://crm.example', method: 'POST', body: { email: person.email } }),
);

describe('a workflow in code', () => {
  it('is a definition, with the schema of its input', () => {
    expect(created.build()).toEqual({
      workflow_id: 'onboarding',
      version: '1.0.0',
      input_schema: JSON.parse(JSON.stringify(input)),
      variables: { tries: 0 },
      steps: [
        {
          id: 'create',
          type: 'http_request',
          config: { url: 'https://crm.example', method: 'POST', body: { email: '${ input.email }' } },
        },
      ],
    });
  });

  it('has every top-level field', () => {
    const made = workflow('w', {
      version: '1.0.0',
      schemaVersion: '1.0',
      name: 'n',
      description: 'd',
      tags: ['t'],
      labels: { a_b: 'x' },
      timeout: '1h',
      stepTimeout: 5,
      retry: { maxAttempts: 2, maxInterval: '5s' },
      priority: 1,
      concurrency: { key: 'input.k', limit: 1, strategy: 'skip' },
      ui: { aB: 1 },
    })
      .step('a', transform(1))
      .output(({ steps }) => steps.a.output)
      .onFailure((ending) => ending.step('tell', ({ error, steps }) => transform([error.code, steps.a.output])))
      .onCancel((ending) => ending)
      .build();
    expect(made).toEqual({
      workflow_id: 'w',
      version: '1.0.0',
      schema_version: '1.0',
      name: 'n',
      description: 'd',
      tags: ['t'],
      labels: { a_b: 'x' },
      timeout: '1h',
      step_timeout: 5,
      retry: { max_attempts: 2, max_interval: '5s' },
      priority: 1,
      concurrency: { key: 'input.k', limit: 1, strategy: 'skip' },
      ui: { aB: 1 },
      steps: [{ id: 'a', type: 'transform', config: { output: 1 } }],
      output: '${ steps.a.output }',
      on_failure: [{ id: 'tell', type: 'transform', config: { output: ['${ error.code }', '${ steps.a.output }'] } }],
      on_cancel: [],
    });
  });

  it('has every field of a step', () => {
    const { steps } = workflow('w', { version: '1.0.0' })
      .step('a', transform(1))
      .step('b', transform(1))
      .step('c', action('some.action', { key: 'v' }), ({ result, steps: before }) => ({
        dependsOn: ['a', 'b'],
        join: { count: 1 },
        cancelRemaining: true,
        when: 'true',
        milestone: { when: 'true', else: 'wait' },
        lock: { key: "'k'", scope: 'tenant' },
        output: { shaped: result.field },
        timeout: '5s',
        retry: { maxRetries: 1, on: ['network'] },
        delivery: 'at_most_once',
        onError: { steps: (handler) => handler.step('h', ({ error }) => transform(error.message)) },
        compensate: { do: http({ url: `https://undo.example/${before.a.output}` }), timeout: '1s' },
      }))
      .build();
    expect(steps[2]).toEqual({
      id: 'c',
      type: 'some.action',
      depends_on: ['a', 'b'],
      join: { count: 1 },
      cancel_remaining: true,
      when: 'true',
      milestone: { when: 'true', else: 'wait' },
      lock: { key: "'k'", scope: 'tenant' },
      config: { key: 'v' },
      output: { shaped: '${ result.field }' },
      timeout: '5s',
      retry: { max_retries: 1, on: ['network'] },
      delivery: 'at_most_once',
      on_error: { steps: [{ id: 'h', type: 'transform', config: { output: '${ error.message }' } }] },
      compensate: {
        type: 'http_request',
        config: { url: 'https://undo.example/${ steps.a.output }' },
        timeout: '1s',
      },
    });
  });

  it('has every control type', () => {
    const { steps } = workflow('w', { version: '1.0.0', input })
      .step('set', setVariables({ n: 1 }))
      .step('code', ({ input: from }) => fn({ code: 'export default (n) => n', input: from.amount, memoryMb: 16 }))
      .step('nap', wait({ for: '5s' }))
      .step('pause', delay({ for: 5 }))
      .step(
        'paid',
        wait({
          signal: 'paid',
          match: ({ signal }) => gt(signal.payload.sum, 1),
          timeout: '1h',
          onTimeout: 'continue',
        }),
      )
      .step('child', subWorkflow({ workflowId: 'other', input: { a: 1 }, onCancel: 'abandon' }))
      .step('again', goto({ step: 'nap', max: 2 }), { dependsOn: 'nap', when: 'vars.n > 1' })
      .step('stop', cancel({ steps: ['pause'], outcome: 'complete' }))
      .step('end', terminate({ status: 'FAILED', error: { message: 'm' } }), { when: 'vars.n > 2' })
      .step('group', block({ steps: (inner) => inner }))
      .build();
    expect(steps.map(({ type, config }) => [type, config])).toEqual([
      ['set_variables', { n: 1 }],
      ['function', { code: 'export default (n) => n', input: '${ input.amount }', memory_mb: 16 }],
      ['wait', { for: '5s' }],
      ['delay', { for: 5 }],
      ['wait', { signal: 'paid', match: '${ signal.payload.sum > 1 }', timeout: '1h', on_timeout: 'continue' }],
      ['sub_workflow', { workflow_id: 'other', input: { a: 1 }, on_cancel: 'abandon' }],
      ['goto', { step: 'nap', max: 2 }],
      ['cancel', { steps: ['pause'], outcome: 'complete' }],
      ['terminate', { status: 'FAILED', error: { message: 'm' } }],
      ['block', { steps: [] }],
    ]);
  });

  it('has every kind of block', () => {
    const { steps } = created
      .step(
        'both',
        parallel({ branches: { a: (branch) => branch.step('pa', transform(1)) }, join: 'any', cancelRemaining: true }),
      )
      .step(
        'way',
        switchOn({
          cases: [{ when: 'true', steps: (c) => c }],
          default: (c) => c.step('d', transform(1)),
          mode: 'all',
        }),
      )
      .step('ship', ({ input: order }) =>
        forEach({
          items: order.lines,
          as: 'line',
          onItemError: { maxFailures: 1 },
          completeWhen: ({ done }) => gt(done, 3),
          steps: (each) => each.step('send', ({ line, index }) => http({ url: `https://x/${line.sku}/${index}` })),
        }),
      )
      .step(
        'poll',
        loop({
          until: ({ steps: round, loop: own }) => and(gt(own.index, 3), eq(round.ask.status, 'SUCCESS')),
          maxIterations: 9,
          steps: (round) => round.step('ask', ({ loop: own }) => transform(own.previous)),
        }),
      )
      .step('first', waitAny({ options: { paid: { signal: 'paid', steps: (c) => c }, late: { for: '3d' } } }))
      .build();
    expect(steps.slice(1).map(({ config }) => config)).toEqual([
      {
        branches: { a: { steps: [{ id: 'pa', type: 'transform', config: { output: 1 } }] } },
        join: 'any',
        cancel_remaining: true,
      },
      {
        cases: [{ when: 'true', steps: [] }],
        default: { steps: [{ id: 'd', type: 'transform', config: { output: 1 } }] },
        mode: 'all',
      },
      {
        items: '${ input.lines }',
        as: 'line',
        on_item_error: { max_failures: 1 },
        complete_when: '${ done > 3 }',
        steps: [{ id: 'send', type: 'http_request', config: { url: 'https://x/${ line.sku }/${ index }' } }],
      },
      {
        until: '${ (loop.index > 3) && (steps.ask.status == "SUCCESS") }',
        max_iterations: 9,
        steps: [{ id: 'ask', type: 'transform', config: { output: '${ loop.previous }' } }],
      },
      { options: { paid: { signal: 'paid', steps: [] }, late: { for: '3d' } } },
    ]);
  });
});

describe('dependencies', () => {
  const dependencies = (made: { build(): { steps: readonly { depends_on?: readonly string[] }[] } }) =>
    made.build().steps.at(-1)?.depends_on;

  it('are the steps of the same block that a step uses, also deep inside it', () => {
    expect(dependencies(created.step('b', ({ steps }) => transform(`${steps.create.output.body.id}!`)))).toEqual([
      'create',
    ]);
    const deep = ({ steps }: { steps: { create: { output: unknown } } }) =>
      block({
        steps: (inner) =>
          inner.step('i', transform(1)).step('j', ({ steps: own }) => transform([own.i.output, steps.create.output])),
      });
    const made = created.step('b', deep);
    expect(dependencies(made)).toEqual(['create']);
    expect(made.build().steps[1]?.config).toMatchObject({ steps: [{ id: 'i' }, { id: 'j', depends_on: ['i'] }] });
    expect(
      dependencies(created.step('b', transform(1), ({ steps }) => ({ when: gt(steps.create.output.status, 200) }))),
    ).toEqual(['create']);
  });

  it('are what is said where it is said', () => {
    const two = created.step('b', transform(1));
    expect(
      dependencies(two.step('c', ({ steps }) => transform(steps.create.output), { dependsOn: ['create', 'b'] })),
    ).toEqual(['create', 'b']);
    expect(dependencies(two.step('c', transform(1), { dependsOn: [] }))).toEqual([]);
    const first = workflow('w', { version: '1.0.0' }).step('a', transform(1), { dependsOn: later('b') });
    expect(first.step('b', transform(1)).build().steps[0]?.depends_on).toEqual(['b']);
  });

  it('are none for what only a compensation uses', () => {
    const undo = created.step('b', action('x'), ({ steps }) => ({ compensate: transform(steps.create.output) }));
    expect(dependencies(undo)).toBeUndefined();
  });
});

describe('a workflow that is not valid', () => {
  const issuesOf = (made: { build(): unknown }) => {
    try {
      return made.build();
    } catch (error) {
      return error instanceof InvalidDefinitionError
        ? error.issues.map(({ code, pointer }) => `${code} ${pointer}`)
        : error;
    }
  };

  it('is refused with everything that is wrong, and where', () => {
    const wrong = workflow('Not A Slug', { version: '1' }).step('a', transform(1), { timeout: 'soon' });
    expect(issuesOf(wrong)).toEqual(
      ['invalid_value /workflow_id', 'invalid_value /version', 'invalid_value /steps/0/timeout'].map((each) =>
        expect.stringContaining(each.split(' ')[1] ?? ''),
      ),
    );
    expect(() => wrong.build()).toThrow(/the workflow is not valid:\n {2}\/workflow_id: /);
  });

  it('is refused for a config that the declaration of the action refuses, also inside blocks', () => {
    const bad = { to: 'a', urgnt: true } as unknown as { to: string };
    expect(issuesOf(created.step('m', sendMail, bad))).toEqual(['unknown_field /steps/1/config/urgnt']);
    const inside = created.step('b', block({ steps: (inner) => inner.step('m', action(sendMail, bad)) }));
    expect(issuesOf(inside)).toEqual(['unknown_field /steps/1/config/steps/0/config/urgnt']);
  });

  it('is refused for an expression in text that names no step', () => {
    expect(issuesOf(created.step('b', transform('${ steps.creat.output }')))).toEqual([
      'unknown_step /steps/1/config/output',
    ]);
  });

  it('is refused for a value that JSON does not have', () => {
    expect(() => created.step('b', transform({ at: new Date(0) }))).toThrow(
      '/output/at is a Date, which JSON does not have',
    );
    expect(() => created.step('b', transform([Number.NaN]))).toThrow('/output/0 is NaN');
  });
});

/** Not run: each line after `@ts-expect-error` is refused by the compiler. */
function types(): void {
  created.step('b', ({ steps, input: person }) => {
    // @ts-expect-error there is no such step
    transform(steps.creat.output);
    // @ts-expect-error the input has no such field
    transform(person.mail);
    // @ts-expect-error the answer has no such field
    transform(steps.create.output.body.name);
    // @ts-expect-error a number is no address
    http({ url: person.amount });
    // @ts-expect-error there is no such method
    http({ url: 'u', method: 'FETCH' });
    // @ts-expect-error texts are not compared by size
    gt(person.email, 1);
    http({
      url: person.email,
      headers: { 'x-key': `Bearer ${secrets.KEY}` },
      follow_redirects: '${ input.amount > 1 }',
    });
    return transform(person.lines[0]?.sku);
  });
  // @ts-expect-error the id is taken
  created.step('create', transform(1));
  // @ts-expect-error there is no such step to depend on
  created.step('b', transform(1), { dependsOn: 'creat' });
  // @ts-expect-error there is no such field
  created.step('b', transform(1), { dependOn: 'create' });
  // @ts-expect-error the config of the action has no such field
  created.step('b', sendMail, { to: 'a', urgnt: true });
  // @ts-expect-error the config of the action is not whole
  created.step('b', sendMail, {});
  // @ts-expect-error a number is not what it is sent to
  created.step('b', sendMail, ({ input: person }) => ({ to: person.amount }));
  // @ts-expect-error there is no such variable
  created.step('b', ({ vars }) => transform(vars.tires));

  const shaped = created
    .step('mail', sendMail, ({ input: person }) => ({ to: person.email, urgent: gt(person.amount, 100) }))
    .step('short', http({ url: 'u' }), ({ result }) => ({ output: { code: result.status } }));
  shaped.step('b', ({ steps }) => transform([steps.mail.output.message_id, steps.short.output.code]));
  // @ts-expect-error the output was shaped
  shaped.step('b', ({ steps }) => transform(steps.short.output.status));
  // @ts-expect-error the output of the action has no such field
  shaped.step('b', ({ steps }) => transform(steps.mail.output.id));

  const branched = created.step(
    'both',
    parallel({ branches: { a: (b) => b.step('pa', transform({ n: 1 })), c: (b) => b.step('pc', transform('x')) } }),
  );
  branched.step('b', ({ steps }) => transform([steps.both.output.a.n, steps.both.output.c]));
  // @ts-expect-error there is no such branch
  branched.step('b', ({ steps }) => transform(steps.both.output.d));
  // @ts-expect-error what is inside a block is seen through its output
  branched.step('b', ({ steps }) => transform(steps.pa.output));

  created.step('each', ({ input: order }) =>
    // @ts-expect-error an item has no such field
    forEach({ items: order.lines, as: 'line', steps: (e) => e.step('s', ({ line }) => transform(line.name)) }),
  );
}
void types;
