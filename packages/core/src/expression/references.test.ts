import { describe, expect, it } from 'vitest';
import { compileExpression } from './index.ts';

function referencesOf(source: string): readonly string[] {
  const compiled = compileExpression(source, { names: ['input', 'steps', 'vars', 'item', 'loop', 'math'] });
  if ('issues' in compiled) throw new Error(compiled.issues[0]?.message);
  return compiled.ok.references.map(
    ({ name, path, position, optional }) =>
      `${name}${path.map((key) => `/${key}`).join('')}${optional ? '?' : ''}@${position}`,
  );
}

describe('references', () => {
  it.each([
    ['1', []],
    ['input', ['input@0']],
    ['steps.a.output.n', ['steps/a/output/n@0']],
    ['steps["a-b"].output[0].x', ['steps/a-b/output/0/x@0']],
    ['${ steps.a.output + vars.n }', ['steps/a/output@3', 'vars/n@20']],
    ['steps[input.which].output', ['input/which@6', 'steps@0']],
    ['input.list[vars.i].name', ['vars/i@11', 'input/list@0']],
    ['has(steps.a.error)', ['steps/a/error?@4']],
    ['has(steps["a-b"].error)', ['steps/a-b/error?@4']],
    ['steps.a.?output.x.orValue(1)', ['steps/a/output/x?@0']],
    ['input[?"k"].orValue(vars.x)', ['input/k?@0', 'vars/x@20']],
    ['input.items.map(x, x.price * vars.rate)', ['input/items@0', 'vars/rate@29']],
    ['input.items.map(item, item.x) == item.x', ['input/items@0', 'item/x@33']],
    ['cel.bind(input, vars.a, input.b)', ['vars/a@16']],
    ['input.name.startsWith("a")', ['input/name@0']],
    ['{"k": input.a, input.b: [input.c]}', ['input/a@6', 'input/b@15', 'input/c@25']],
    [
      'input.a ? input.b : !input.c || -input.d in [input.e]',
      ['input/a@0', 'input/b@10', 'input/c@21', 'input/d@33', 'input/e@45'],
    ],
    ['int == type(google.protobuf.Duration)', []],
    ['loop.index == 0 ? 1 : loop.previous * 2', ['loop/index@0', 'loop/previous@22']],
    ['math.x', ['math/x@0']],
    ['parse_json(input.a.b).c', ['input/a/b@11']],
  ])('of %s are %j', (source, expected) => {
    expect(referencesOf(source)).toEqual(expected);
  });
});
