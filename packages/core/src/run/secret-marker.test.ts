import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import { compile } from '../definition/compile.ts';
import type { Json } from '../json.ts';
import { standIn, standIns, withSecrets } from './secret-marker.ts';

const marker = '00000000-0000-4000-8000-000000000001';
const secretOf = (name: string) => `<${name}>`;

describe('stand-ins for secrets', () => {
  it('are replaced wherever they stand in texts, and nothing else is', () => {
    const data = fc.oneof(fc.string(), fc.constantFrom('${secrets.', '#', '}', '${secrets.KEY}', '${secrets.KEY#0}'));
    fc.assert(
      fc.property(fc.array(data), fc.array(data), (before, after) => {
        const [a, b] = [before.join(''), after.join('')];
        const value = {
          a: [`${a}${standIn('KEY', marker)}${b}`],
          b: standIn('KEY', marker) + standIn('B-2', marker),
          c: a,
        };
        expect(withSecrets(value, marker, secretOf)).toEqual({ a: [`${a}<KEY>${b}`], b: '<KEY><B-2>', c: a });
      }),
    );
  });

  it('of another marker, or without one, are data: whoever sends such a text gets no secret [S052]', () => {
    for (const text of [standIn('KEY', ''), standIn('KEY', '00000000-0000-4000-8000-000000000002')])
      expect(withSecrets(text, marker, secretOf)).toBe(text);
  });

  it('keep keys as they are, `__proto__` included', () => {
    const value = JSON.parse(`{"__proto__":"${standIn('K', marker)}","${standIn('K', marker)}":1}`) as Json;
    expect(JSON.stringify(withSecrets(value, marker, secretOf))).toBe(
      `{"__proto__":"<K>","${standIn('K', marker)}":1}`,
    );
  });

  it('are a name of their own to an expression', () => {
    expect(standIns(['A'], marker)('secrets')).toEqual({ A: standIn('A', marker) });
    expect(standIns(['A'], marker)('input')).toBeUndefined();
  });
});

const saved = (config: Json, type = 'http_request') =>
  compile({ workflow_id: 'w', version: '1.0.0', steps: [{ id: 'a', type, config }] }, testActions);
const codes = (config: Json, type?: string) => {
  const result = saved(config, type);
  return 'errors' in result ? result.errors.map(({ code }) => code) : [];
};

describe('secrets in a definition', () => {
  it('may be joined to text and chosen between, in the config of an action', () => {
    for (const value of [
      '${secrets.API_KEY}',
      'Bearer ${secrets.API_KEY}',
      '${"Bearer " + secrets.API_KEY}',
      '${input.live ? secrets.LIVE : secrets["test-key"]}',
    ])
      expect(codes({ url: 'https://example.com', headers: { authorization: value } }), value).toEqual([]);
  });

  it('can be used for nothing else: nothing can be computed from them', () => {
    for (const value of [
      '${size(secrets.KEY)}',
      '${secrets.KEY == input.guess}',
      '${base64(secrets.KEY)}',
      '${secrets}',
      '${secrets[input.name]}',
      '${secrets.KEY.startsWith("a")}',
      '${[1].map(x, secrets.KEY)[0]}',
      '${has(secrets.KEY)}',
      '${secrets.KEY.x}',
    ])
      expect(codes({ url: value }), value).toEqual(['expression_type']);
  });

  it('are known in the config of actions alone', () => {
    expect(codes({ output: '${secrets.KEY}' }, 'transform')).toEqual(['unknown_name']);
    expect(codes({ code: 'export default () => 1', input: '${secrets.KEY}' }, 'function')).toEqual(['unknown_name']);
  });

  it('are listed in the plan, each where it is named first', () => {
    const result = saved({
      url: '${secrets.A}/${secrets.B}',
      headers: { x: '${secrets.A}' },
      body: { credential: 'no' },
    });
    expect('plan' in result && result.plan.credentials).toEqual([
      { name: 'A', pointer: '/steps/0/config/url' },
      { name: 'B', pointer: '/steps/0/config/url' },
    ]);
  });
});
