import { fakeContext, runAction } from '@cloudflow/sdk/testing/index.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import parse from './parse.action.ts';
import write from './write.action.ts';

const read = (text: string, more: object = {}) => runAction(parse, fakeContext({ config: { text, ...more } }));
const written = async (rows: (unknown[] | Record<string, unknown>)[], more: object = {}) =>
  (await runAction(write, fakeContext({ config: { rows, ...more } }))).text;

describe('csv.parse', () => {
  it('reads quotes, delimiters and line breaks inside them, a byte order mark and empty lines', async () => {
    const text = '\uFEFFid,name\r\n1,"Lee, Ann"\r\n\r\n2,"say ""hi""\nthere"\r\n';
    expect(await read(text)).toEqual({
      rows: [
        { id: '1', name: 'Lee, Ann' },
        { id: '2', name: 'say "hi"\nthere' },
      ],
      columns: ['id', 'name'],
      count: 2,
    });
  });

  it('gives lists without a header, and takes names from the step', async () => {
    expect(await read('a;b\nc;d', { header: false, delimiter: ';' })).toMatchObject({
      rows: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    });
    expect(await read('x,x\n1,2', { columns: ['a', 'b'] })).toMatchObject({ rows: [{ a: '1', b: '2' }] });
    expect(await read('')).toEqual({ rows: [], columns: [], count: 0 });
  });

  it('reads numbers and booleans where it is told to, and none that would change', async () => {
    const text = 'a,b,c,d,e,f\n1.50,true,007,,12345678901234567890,-2e3';
    const { rows } = await read(text, { types: true });
    expect(rows).toEqual([{ a: 1.5, b: true, c: '007', d: null, e: '12345678901234567890', f: -2000 }]);
  });

  it('takes any name for a field of its own', async () => {
    const { rows } = await read('__proto__,constructor\nx,y');
    expect(JSON.stringify(rows)).toBe('[{"__proto__":"x","constructor":"y"}]');
  });

  it.each([
    ['a,b\n1,2,3', {}, 2],
    ['a\n"open', {}, 2],
    ['a\n"x"y', {}, 2],
    ['a,a\n1,2', {}, 1],
    ['1,2', { header: false, columns: ['a'] }, 1],
  ])('refuses %j, and says in which row', async (text, more, row) => {
    await expect(read(text, more)).rejects.toMatchObject({ code: 'data_invalid', details: { row } });
  });

  it('fills up a row that is too short', async () => {
    expect(await read('a,b\n1')).toMatchObject({ rows: [{ a: '1', b: '' }] });
  });
});

describe('csv.write', () => {
  it('writes objects by their columns, and lists as they are', async () => {
    const rows = [
      { id: 1, name: 'Lee, "Ann"' },
      { id: 2, tags: ['a'], gone: null },
    ];
    expect(await written(rows)).toBe('id,name,tags,gone\r\n1,"Lee, ""Ann""",,\r\n2,,"[""a""]",');
    expect(await written(rows, { columns: ['name', 'id'], header: false })).toBe('"Lee, ""Ann""",1\r\n,2');
    expect(
      await written(
        [
          ['a', 1],
          [true, null],
        ],
        { delimiter: ';', byte_order_mark: true },
      ),
    ).toBe('\uFEFFa;1\r\ntrue;');
    expect(await written([])).toBe('');
  });

  it('keeps a spreadsheet from running text, and leaves numbers alone', async () => {
    const rows = [{ a: '=cmd()', b: '-1', c: -1, d: '@x' }];
    expect(await written(rows, { escape_formulas: true, header: false })).toBe(`'=cmd(),'-1,-1,'@x`);
    expect(await written(rows, { header: false })).toBe('=cmd(),-1,-1,@x');
  });

  it('refuses what would hold up the process', async () => {
    const wide = Array.from({ length: 300 }, () => Object.fromEntries(Array.from({ length: 200 }, (_, at) => [at, 1])));
    await expect(written(wide)).rejects.toMatchObject({ code: 'config_invalid', details: { pointer: '/rows' } });
    await expect(written([['x'.repeat(1_000_001)]])).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('is read again as it was', async () => {
    const field = fc.string({ unit: 'grapheme', maxLength: 8 });
    const rows = fc.array(fc.record({ a: field, b: field.filter((text) => text !== ''), '__proto__ x': field }), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(',', ';', '\t', '|'), async (given, delimiter) => {
        const { rows: again } = await read(await written(given, { delimiter }), { delimiter });
        expect(again).toEqual(given.map((row) => ({ ...row })));
      }),
    );
  });
});
