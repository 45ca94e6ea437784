import type { Json } from '@cloudflow/core/json.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../kernel/log/log.ts';
import { createSandbox, type FunctionRun } from './sandbox.ts';

const sandbox = createSandbox({ log: silentLog, limits: { maxResultBytes: 100_000 } });
afterAll(() => sandbox.close());

function run(code: string, rest: Partial<FunctionRun> = {}) {
  const signal = new AbortController().signal;
  const defaults = { input: null, timeoutMs: 2_000, memoryMb: 32, now: 1_700_000_000_000, seed: 's', signal };
  return sandbox.runFunction({ code, ...defaults, ...rest });
}

/** Runs an expression over `input` and `ctx`. */
const evaluate = (expression: string, rest?: Partial<FunctionRun>) =>
  run(`export default (input, ctx) => (${expression})`, rest);

describe('a function', () => {
  it('computes from its input [X4]', async () => {
    const code = 'export default (input) => ({ total: input.list.reduce((a, b) => a + b, 0) })';
    expect(await run(code, { input: { list: [1, 2, 3] } })).toEqual({ output: { total: 6 } });
  });

  it('may be async, as long as it waits for nothing outside', async () => {
    expect(await run('export default async (input) => (await Promise.resolve(input)) + 1', { input: 1 })).toEqual({
      output: 2,
    });
    expect(await run('const base = await Promise.resolve(1); export default () => base')).toEqual({ output: 1 });
  });

  it.each(['export default () => new Promise(() => {})', 'await new Promise(() => {}); export default () => 1'])(
    'fails when it waits for what never comes: %s',
    async (code) => {
      expect(await run(code)).toMatchObject({ error: { code: 'function_error', retryable: false } });
    },
  );

  it('has no clock but ctx.now, and no time zone of the server', async () => {
    const seen = await evaluate(
      '[ctx.now, Date.now(), new Date().toISOString(), new Date(0).getHours(), new Date(2020, 0).toJSON()]',
    );
    expect(seen).toEqual({
      output: [1_700_000_000_000, 1_700_000_000_000, '2023-11-14T22:13:20.000Z', 0, '2020-01-01T00:00:00.000Z'],
    });
  });

  it('gets the same random numbers for the same seed, and others for another', async () => {
    const roll = (seed: string) => evaluate('[Math.random(), Math.random()]', { seed });
    expect(await roll('a')).toEqual(await roll('a'));
    expect(await roll('a')).not.toEqual(await roll('b'));
  });

  it('keeps every key and every character of its data, __proto__, U+0000 and lone surrogates included [F90]', async () => {
    const input = JSON.parse('{"__proto__":{"a":1},"constructor":2,"b":"\\ud800\\u0000\\u2028"}') as Json;
    expect(JSON.stringify(await evaluate('input', { input }))).toBe(JSON.stringify({ output: input }));
  });

  it('sees nothing of what another one did, in the same thread', async () => {
    const spoil = 'globalThis.left = 1; Array.prototype.map = 1; JSON.stringify = () => "2"; export default () => 0';
    for (let round = 0; round < 4; round += 1) expect(await run(spoil)).toEqual({ output: 0 });
    const seen = await evaluate('[typeof left, typeof [].map, JSON.stringify(1)]');
    expect(seen).toEqual({ output: ['undefined', 'function', '1'] });
  });
});

describe('what a function returns', () => {
  it.each([
    ['undefined', null],
    ['[undefined, 1]', [null, 1]],
    ['({ a: undefined, b: null })', { b: null }],
    ['new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['({ toJSON() {} })', null],
    ['new Proxy({ a: 1 }, {})', { a: 1 }],
    ['-0', 0],
  ])('%s is stored as JSON has it [F90]', async (expression, output) => {
    expect(JSON.stringify(await evaluate(expression))).toBe(JSON.stringify({ output }));
  });

  it.each([
    ['NaN', 'the result holds NaN'],
    ['({ total: { net: 1 / 0 } })', 'the result holds Infinity at "net"'],
    ['[10n]', 'a BigInt at "0"'],
    ['() => 1', 'a function'],
    ['({ f() {} })', 'a function at "f"'],
    ['Symbol()', 'a symbol'],
    ['new Map()', 'an instance of Map'],
    ['({ s: new Set() })', 'an instance of Set at "s"'],
    ['/x/', 'an instance of RegExp'],
    ['[Promise.resolve(1)]', 'an instance of Promise'],
    ['new Uint8Array(3)', 'binary data'],
    ['(() => { const a = {}; a.a = a; return a; })()', 'circular'],
    ['({ get a() { throw new Error("boo"); } })', 'boo'],
  ])('%s is refused with a clear message [F90]', async (expression, message) => {
    expect(await evaluate(expression)).toMatchObject({
      error: { code: 'function_error', message: expect.stringContaining(message), retryable: false },
    });
  });

  it('may not be larger than what can be kept', async () => {
    expect(await evaluate('"x".repeat(200_000)')).toMatchObject({ error: { code: 'output_too_large' } });
  });
});

describe('a function that fails', () => {
  it.each([
    ['\nexport default () => {\n  throw new Error("no");\n}', 'no (line 3)', 3],
    ['export default () => {\n  return null.x;\n}', "TypeError: cannot read property 'x' of null (line 2)", 2],
    ['export default () => {\n  nul l\n}', "SyntaxError: expecting ';' (line 2)", 2],
  ])('says what happened, and on which line of the code', async (code, message, line) => {
    expect(await run(code)).toEqual({
      error: { code: 'function_error', message, retryable: false, details: { line } },
    });
  });

  it.each([
    ['throw "text"', 'text'],
    ['throw { a: 1 }', '{"a":1}'],
    ['throw undefined', 'undefined'],
    ['throw null', 'null'],
    ['throw 10n', '10'],
    ['throw Symbol("s")', 'Symbol(s)'],
    ['throw Object.create(null, { message: { get() { throw 1; } } })', 'cannot be shown'],
  ])('may %s', async (statement, message) => {
    expect(await run(`export default () => { ${statement}; }`)).toMatchObject({
      error: { code: 'function_error', message: expect.stringContaining(message) },
    });
  });

  it.each(['export default 3', '1 + 1', 'export const main = () => 1'])('has no default function: %s', async (code) => {
    expect(await run(code)).toMatchObject({ error: { message: expect.stringContaining('default export') } });
  });

  it('tells nothing of the machine it ran on [S080]', async () => {
    const codes = [
      'import "fs"; export default 1',
      'export default () => import("./package.json")',
      'export default () => eval("x y")',
    ];
    const outcomes = await Promise.all([...codes.map((code) => run(code)), evaluate('new Error().stack')]);
    expect(JSON.stringify(outcomes)).not.toMatch(/packages|node_modules|\/work|\/home|file:/);
  });
});

describe('an attack on the sandbox', () => {
  const names = [
    'process',
    'require',
    'fetch',
    'module',
    'Buffer',
    'global',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
    'console',
    'WebAssembly',
    'SharedArrayBuffer',
    'Atomics',
    'performance',
    'XMLHttpRequest',
    'Worker',
    'navigator',
    'Deno',
    'Bun',
    'std',
    'os',
    'bjs',
    'scriptArgs',
    'print',
    'load',
    'loadScript',
  ];
  it('finds no way to the host by name [S054 S080]', async () => {
    expect(
      await evaluate(`[${names.map((name) => `typeof ${name}`).join()}].filter((t) => t !== "undefined")`),
    ).toEqual({ output: [] });
  });

  it.each([
    'this.constructor.constructor("return typeof process")()',
    '(() => {}).constructor("return typeof process")()',
    '(async () => {}).constructor("return typeof process")()',
    'ctx.constructor.constructor("return typeof process")()',
    'input.constructor.constructor("return typeof require")()',
    'eval("typeof process")',
    '(0, eval)("typeof globalThis.process")',
    'Reflect.construct(Function, ["return typeof process"])()',
    'typeof Object.getPrototypeOf(ctx).constructor.prototype.process',
    'typeof Error.prepareStackTrace',
  ])('finds no host behind a constructor: %s [S054]', async (expression) => {
    const outcome = await evaluate(expression, { input: {} });
    if ('output' in outcome) expect(['undefined', null]).toContain(outcome.output);
    else expect(outcome.error.code).toBe('function_error');
  });

  it.each([
    'fs',
    'node:fs',
    'child_process',
    'net',
    'std',
    'os',
    'file:///etc/passwd',
    './harness.js',
    'data:text/javascript,1',
  ])('cannot import %s [S054]', async (name) => {
    const asked = [run(`import "${name}"; export default () => 1`), evaluate(`import("${name}")`)];
    for (const outcome of await Promise.all(asked))
      expect(outcome).toMatchObject({ error: { code: 'function_error' } });
  });

  it.each([
    'export default () => { for (;;) {} }',
    'for (;;) {}',
    'export default async () => { for (;;) await null }',
    'export default () => { try { for (;;) {} } finally { for (;;) {} } }',
    'export default () => /(a+)+$/.test("a".repeat(40) + "b")',
    'export default () => ({ toJSON() { for (;;) {} } })',
    'export default () => { throw { get message() { for (;;) {} } } }',
    'export default () => { const e = []; e.length = 2 ** 32 - 1; return e.indexOf(1); }',
  ])('cannot take more than its time: %s [S054]', async (code) => {
    const outcome = await run(code, { timeoutMs: 100 });
    expect(outcome).toEqual({
      error: { code: 'timeout', message: 'The function ran longer than 100 ms', retryable: true },
    });
    expect(await evaluate('1')).toEqual({ output: 1 });
  });

  it.each([
    'const a = []; for (;;) a.push(new Array(1000).fill(1.5))',
    'const o = {}; for (let i = 0; ; i++) o["k" + i] = { i }',
    'let a = ["x".repeat(1e6)]; for (;;) a = a.concat(a.map((s) => s + a.length))',
    'const a = []; for (;;) a.push(new ArrayBuffer(1e6))',
    'new ArrayBuffer(2 ** 31 - 1)',
    'let f = () => 1; for (;;) { const g = f; f = () => g }',
  ])('cannot take more than its memory: %s [S054]', async (body) => {
    const before = process.memoryUsage().rss;
    const outcome = await run(`export default () => { ${body} }`, { memoryMb: 16, timeoutMs: 10_000 });
    expect(outcome).toMatchObject({ error: { code: 'out_of_memory', retryable: false } });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    expect(await evaluate('1')).toEqual({ output: 1 });
  });

  it.each([
    'export default () => { const f = () => f() + 1; return f(); }',
    'export default () => JSON.parse("[".repeat(1e6))',
    `export default () => ${'('.repeat(20_000)}`,
    'export default () => { const s = "x".repeat(2 ** 29); return s + s + s + s; }',
    'export default () => new RegExp("(".repeat(1e5) + ")".repeat(1e5))',
    'export default () => new Proxy({}, { ownKeys: () => { throw 1 }, get: () => { throw 2 } })',
  ])('ends as an error of the function, whatever it breaks [S054]', async (code) => {
    const outcome = await run(code);
    expect(outcome).toMatchObject({ error: { code: expect.stringMatching(/^(function_error|out_of_memory)$/) } });
    expect(await evaluate('1')).toEqual({ output: 1 });
  });

  it('does not hold up the event loop', async () => {
    let turns = 0;
    let isRunning = true;
    const count = (): void => {
      turns += 1;
      if (isRunning) setImmediate(count);
    };
    setImmediate(count);
    await run('export default () => { for (;;) {} }', { timeoutMs: 100 });
    isRunning = false;
    expect(turns).toBeGreaterThan(100);
  });
});

describe('the threads of the sandbox', () => {
  it('end a function when its signal fires, and one that waits at once', async () => {
    const own = createSandbox({ log: silentLog, limits: { threads: 1 } });
    const aborter = new AbortController();
    const call = { input: null, timeoutMs: 60_000, memoryMb: 32, now: 0, seed: '', signal: aborter.signal };
    const ended = [1, 2].map(() => own.runFunction({ ...call, code: 'for (;;) {}' }));
    aborter.abort();
    for (const outcome of await Promise.all(ended)) expect(outcome).toMatchObject({ error: { code: 'aborted' } });
    await own.close();
  });

  it('take a bounded number of calls, and let none wait for ever', async () => {
    const own = createSandbox({ log: silentLog, limits: { threads: 1, maxQueued: 2, maxQueueMs: 100 } });
    const call = { input: null, timeoutMs: 500, memoryMb: 32, now: 0, seed: '', signal: new AbortController().signal };
    const outcomes = await Promise.all([1, 2, 3].map(() => own.runFunction({ ...call, code: 'for (;;) {}' })));
    expect(outcomes.map((outcome) => 'error' in outcome && outcome.error.code)).toContain('overloaded');
    await own.close();
    expect(await own.runFunction({ ...call, code: '' })).toMatchObject({ error: { code: 'aborted' } });
  });

  it('run many functions, each to its own result', async () => {
    const inputs = Array.from({ length: 300 }, (_, index) => index);
    const outcomes = await Promise.all(inputs.map((input) => evaluate('input * 2', { input })));
    expect(outcomes).toEqual(inputs.map((input) => ({ output: input * 2 })));
  });
});
