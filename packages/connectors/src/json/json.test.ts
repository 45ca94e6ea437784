import { fakeContext, runAction } from '@cloudflow/sdk/testing/index.ts';
import { describe, expect, it } from 'vitest';
import merge from './merge.action.ts';
import validate from './validate.action.ts';

describe('json.validate', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const check = (value: unknown, more: object = {}) =>
    runAction(validate, fakeContext({ config: { value, schema, ...more } }));

  it('says that a value fits', async () => {
    expect(await check({ n: 1 })).toEqual({ valid: true, problems: [] });
  });

  it('fails with what does not fit, or gives it', async () => {
    const problems = [{ pointer: '/n', message: expect.any(String) }];
    await expect(check({ n: 'x' })).rejects.toMatchObject({ code: 'data_invalid', details: { problems } });
    expect(await check({ n: 'x' }, { fail: false })).toEqual({ valid: false, problems });
  });

  it('refuses a schema that is none', async () => {
    await expect(check(1, { schema: { type: 'x' } })).rejects.toMatchObject({
      code: 'config_invalid',
      details: { pointer: '/schema/type' },
    });
  });
});

describe('json.merge', () => {
  // The cases of RFC 7396, appendix A.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ['{}', '{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
  ])('merges %s with %s to %s', async (value, patch, merged) => {
    const config = { value: JSON.parse(value), patches: [JSON.parse(patch)] };
    const { value: result } = await runAction(merge, fakeContext({ config }));
    expect(JSON.stringify(result)).toBe(merged);
  });

  it('applies several patches in their order', async () => {
    const config = {
      value: { a: 1 },
      patches: [
        { a: 2, b: 1 },
        { b: null, c: 3 },
      ],
    };
    expect(await runAction(merge, fakeContext({ config }))).toEqual({ value: { a: 2, c: 3 } });
  });
});
