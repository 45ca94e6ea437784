/** Each planted violation is found, with its place and a reason; the same tree without it passes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkArchitecture } from './check.ts';
import { printed } from './violation.ts';

const clean: Readonly<Record<string, string>> = {
  'packages/cli/src/start.ts': `export const start = () => import('../../server/src/main.ts');`,
  'packages/core/src/run/decide.ts': `
    import Type from 'typebox';
    import type { Event } from './event.ts';
    export const shape = Type.String();
    export const decide = (at: number): Event => ({ at: new Date(at).getTime(), process: 'none' });`,
  'packages/core/src/run/event.ts': 'export type Event = { readonly at: number; readonly process: string };',
  'packages/core/src/run/decide.test.ts': `import { readFileSync } from 'node:fs';\nexport const now = Date.now();`,
  'packages/sdk/src/action.ts': `import type { Event } from '@cloudflow/core/run/event.ts';\nexport type Action = { event: Event };`,
  'packages/connectors/src/index.generated.ts': `export { get } from './http/get.action.ts';`,
  'packages/connectors/src/http/get.action.ts': `
    import type { Action } from '@cloudflow/sdk/action.ts';
    export const get = (action: Action) => action;`,
  'packages/server/src/main.ts': `import { config } from './config.ts';\nimport { compose } from './compose.ts';\ncompose(config);`,
  'packages/server/src/config.ts': 'export const config = { port: process.env.PORT };',
  'packages/server/src/compose.ts': `
    import { actions } from './action/index.ts';
    import { createEngine } from './engine/index.ts';
    import { createKafkaBus } from './kernel/bus/kafka.ts';
    export const compose = (config: object) => createEngine(createKafkaBus(config), actions);`,
  'packages/server/src/action/index.ts': `
    import { get } from '@cloudflow/connectors/index.generated.ts';
    export const actions = [get];`,
  'packages/server/src/kernel/sql/sql.ts': 'export const sql = (parts: TemplateStringsArray) => parts.join("$");',
  'packages/server/src/kernel/bus/bus.ts': 'export type Bus = { publish(text: string): void };',
  'packages/server/src/kernel/bus/kafka.ts': `
    import type { Bus } from './bus.ts';
    export const createKafkaBus = (config: object): Bus => ({ publish: () => void config });`,
  'packages/server/src/kernel/http/route.ts': 'export const route = <T>(each: T) => each;',
  'packages/server/src/engine/index.ts': `export { createEngine } from './service.ts';\nexport type { Engine } from './service.ts';`,
  'packages/server/src/engine/service.ts': `
    import { journal } from './store.ts';
    export type Engine = { run(): string };
    export const createEngine = (...of: unknown[]): Engine => ({ run: () => journal() + of.length });`,
  'packages/server/src/engine/store.ts': `
    import { sql } from '../kernel/sql/sql.ts';
    export const journal = () => sql\`select id from execution_events\`;`,
  'packages/server/src/workflow/index.ts': `export { routes } from './routes.ts';`,
  'packages/server/src/workflow/routes.ts': `
    import type { Engine } from '../engine/index.ts';
    import { route } from '../kernel/http/route.ts';
    const shared = { auth: { permission: 'workflow:read' } } as const;
    export const routes = (engine: Engine) => [
      route({ path: '/a', auth: 'public', handle: () => engine.run() }),
      route({ path: '/b', ...shared, handle: () => engine.run() }),
    ];`,
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The violations of the clean tree with these files added or replaced, as they are printed. */
function check(planted: Readonly<Record<string, string>> = {}, atLeast = 10): string[] {
  const root = mkdtempSync(join(tmpdir(), 'a house '));
  folders.push(root);
  for (const [path, text] of Object.entries({ ...clean, ...planted })) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkArchitecture(root, { atLeast }).violations.map(printed);
}

/** Expects one violation in the planted file, at its line, that holds the text. */
function finds(path: string, text: string, message: string): void {
  const [only, ...more] = check({ [path]: text });
  expect(more).toEqual([]);
  expect(only).toContain(`${path}:`);
  expect(only).toContain(message);
}

it('accepts a tree that keeps the rules', () => {
  expect(check()).toEqual([]);
});

it('fails when it sees fewer files than there must be, or no import between them', () => {
  expect(check({}, 1000)).toEqual([expect.stringContaining('its silence says nothing')]);
  const root = mkdtempSync(join(tmpdir(), 'an empty house '));
  folders.push(root);
  expect(checkArchitecture(root, { atLeast: 0 }).violations).toHaveLength(1);
});

it('fails on a file that it cannot parse', () => {
  finds('packages/core/src/broken.ts', 'export const = ;', 'cannot be read');
});

describe('the arrows', () => {
  const plant = (path: string, specifier: string, message: string) =>
    finds(path, `\nimport { x } from '${specifier}';\nexport const y = x;`, message);

  it.each([
    ['core to Node', 'packages/core/src/a.ts', 'node:fs', 'core is pure'],
    ['core to a library that is not on its list', 'packages/core/src/a.ts', 'lodash', 'core is pure'],
    ['core to the SDK', 'packages/core/src/a.ts', '@cloudflow/sdk/action.ts', 'sdk is out of reach'],
    ['core to the server', 'packages/core/src/a.ts', '../../server/src/config.ts', 'server is out of reach'],
    ['the SDK to the server', 'packages/sdk/src/a.ts', '@cloudflow/server/config.ts', 'server is out of reach'],
    ['the client to Node', 'packages/sdk/src/client/a.ts', 'node:crypto', 'runs in browsers'],
    ['the client to a library', 'packages/sdk/src/client/a.ts', 'typebox', 'runs in browsers'],
    ['the client to what actions are made with', 'packages/sdk/src/client/a.ts', '../action.ts', 'runs in browsers'],
    ['webhooks to Node', 'packages/sdk/src/webhook/a.ts', 'node:crypto', 'runs in browsers'],
    ['a connector to the server', 'packages/connectors/src/a/a.ts', '@cloudflow/server/config.ts', 'out of reach'],
    ['a connector to another', 'packages/connectors/src/a/a.ts', '../http/get.action.ts', 'stands alone'],
    ['a connector to the network', 'packages/connectors/src/a/a.ts', 'node:http', 'ctx.http'],
    ['web to the server', 'packages/web/src/a.ts', '@cloudflow/server/config.ts', 'server is out of reach'],
    ['the command line to a service', 'packages/cli/src/a.ts', '../../server/src/engine/index.ts', 'by its main'],
    ['the SDK to the command line', 'packages/sdk/src/a.ts', '../../cli/src/world.ts', 'cli is out of reach'],
    ['the kernel to a service', 'packages/server/src/kernel/a/a.ts', '../../engine/index.ts', 'knows no service'],
    ['the kernel to config', 'packages/server/src/kernel/a/a.ts', '../../config.ts', 'knows no service'],
    ['a service to compose', 'packages/server/src/engine/a.ts', '../compose.ts', 'above the services'],
    [
      'a service past the front door of another',
      'packages/server/src/workflow/a.ts',
      '../engine/store.ts',
      'front door',
    ],
    ['a service to an adapter', 'packages/server/src/engine/a.ts', '../kernel/bus/kafka.ts', 'chooses adapters'],
    [
      'a service to the connectors',
      'packages/server/src/engine/a.ts',
      '@cloudflow/connectors/http/get.action.ts',
      'only the action service',
    ],
    ['main to a service', 'packages/server/src/main.ts', './engine/index.ts', 'know the services'],
    ['roles to compose', 'packages/server/src/roles.ts', './compose.ts', 'only main.ts calls compose.ts'],
    ['anything to main', 'packages/server/src/roles.ts', './main.ts', 'the end of all arrows'],
    ['production code to a test', 'packages/core/src/a.ts', './run/decide.test.ts', 'never imports test code'],
  ])('refuse an import of %s', (_what, path, specifier, message) => {
    plant(path, specifier, message);
  });

  it('hold for types, for `export … from` and for import() as well', () => {
    const path = 'packages/core/src/a.ts';
    finds(path, `import type { Stats } from 'node:fs';\nexport type S = Stats;`, 'imports node:fs');
    finds(path, `export { readFileSync } from 'node:fs';`, 'imports node:fs');
    finds(path, `export const load = () => import('node:fs');`, 'imports node:fs');
  });

  it('let only compose.ts construct services', () => {
    const text = `import { createEngine } from '../engine/index.ts';\nexport const mine = createEngine();`;
    finds('packages/server/src/workflow/a.ts', text, 'only compose.ts constructs services');
  });
});

describe('cycles', () => {
  it('are refused between files', () => {
    const found = check({
      'packages/core/src/a.ts': `import { b } from './b.ts';\nexport const a = () => b;`,
      'packages/core/src/b.ts': `import { a } from './a.ts';\nexport const b = () => a;`,
    });
    expect(found).toEqual([
      expect.stringContaining('packages/core/src/a.ts -> packages/core/src/b.ts -> packages/core/src/a.ts'),
    ]);
  });

  it('are refused between services, even of types', () => {
    const text = `import type { routes } from '../workflow/index.ts';\nexport type Routes = typeof routes;`;
    expect(check({ 'packages/server/src/engine/other.ts': text })).toEqual([
      expect.stringContaining('closes a cycle between services: engine -> workflow -> engine'),
    ]);
  });
});

describe('what is forbidden', () => {
  it.each([
    ['the clock', 'Date.now()'],
    ['the clock', 'new Date()'],
    ['the clock', 'Date()'],
    ['the clock', 'Date'],
    ['the clock', "Date['now']()"],
    ['Math.random', 'Math'],
    ['Math.random', 'Math.random()'],
    ['async', 'async () => 1'],
    ['Promise', 'Promise.resolve(1)'],
    ['setTimeout', 'setTimeout(() => 1, 1)'],
    ['console', "console.log('x')"],
    ['fetch', "fetch('http://example.com')"],
    ['globalThis', 'globalThis'],
  ])('is %s in core: %s', (what, expression) => {
    finds('packages/core/src/a.ts', `export const a = ${expression};`, `uses ${what}`);
  });

  it('is not what a test of core, or a name of its own, is called', () => {
    expect(check({ 'packages/core/src/a.ts': 'export const a = (process: number) => process + 1;' })).toEqual([]);
    expect(check({ 'packages/core/src/a.test.ts': 'export const a = Math.random();' })).toEqual([]);
    const pure = 'export const a = (b: Date) => b instanceof Date && Math.max(Date.UTC(2026), Date.parse("x"));';
    expect(check({ 'packages/core/src/a.ts': pure })).toEqual([]);
  });

  it.each([
    'export const a = process.env.HOME;',
    "export const a = process['env'];",
    'export const a = globalThis.process.env;',
    "export const a = globalThis['process']['env'];",
    "const { 'env': home } = process;\nexport const a = home;",
    'const { env } = process;\nexport const a = env;',
    "import { env } from 'node:process';\nexport const a = env;",
  ])('is the environment outside config.ts: %s', (text) => {
    finds('packages/server/src/engine/a.ts', text, 'reads process.env');
    expect(check({ 'packages/server/src/engine/a.test.ts': text })).toEqual([]);
  });

  it('is not the environment of the command line in its one reader', () => {
    const text = 'export const a = process.env.HOME;';
    expect(check({ 'packages/cli/src/world.ts': text })).toEqual([]);
    finds('packages/cli/src/main.ts', text, 'only packages/cli/src/world.ts does');
  });

  it.each([
    "import { sql } from '../kernel/sql/sql.ts';\nexport const a = sql`x`;",
    "export const a = 'select id from execution_events';",
    'export const a = (t: string) => `insert into ${t} values (1)`;',
    "export const a = 'update execution_events set x = 1';",
    "export const a = 'delete from execution_events';",
    "export const a = 'with held as materialized (values (1)) table held';",
  ])('is SQL outside a store: %s', (text) => {
    finds('packages/server/src/engine/a.ts', text, 'holds SQL');
    finds('packages/server/src/kernel/bus/a.ts', text.replace('../kernel/', '../'), 'holds SQL');
    expect(check({ 'packages/server/src/engine/store/a.ts': text.replace('../kernel/', '../../kernel/') })).toEqual([]);
  });

  it('is not a sentence that begins like SQL', () => {
    const text = "export const a = ['select a workflow', 'update the plan', 'begin', 'delete it', 'with care'];";
    expect(check({ 'packages/server/src/engine/a.ts': text })).toEqual([]);
  });

  it('is a route without auth, a route that is not written out, a route outside routes.ts', () => {
    const route = "import { route } from '../kernel/http/route.ts';\n";
    const path = 'packages/server/src/engine/routes.ts';
    finds(path, `${route}export const a = route({ path: '/a' });`, 'without `auth`');
    finds(
      path,
      `${route}const all = { method: 'GET' };\nexport const a = route({ ...all, path: '/a' });`,
      'without `auth`',
    );
    finds(path, `${route}export const a = (given: object) => route(given);`, 'not written out');
    finds(
      'packages/server/src/engine/a.ts',
      `${route}export const a = route({ auth: 'public' });`,
      'routes are in routes.ts',
    );
  });

  it('is HTTP outside routes.ts, the gateway and kernel/http', () => {
    const text = "import type { FastifyRequest } from 'fastify';\nexport type A = FastifyRequest;";
    finds('packages/server/src/engine/a.ts', text, 'know HTTP');
    finds(
      'packages/server/src/kernel/bus/a.ts',
      "import { createServer } from 'node:http';\nexport const a = createServer;",
      'know HTTP',
    );
    for (const path of ['engine/routes.ts', 'gateway/a.ts', 'kernel/http/a.ts'])
      expect(check({ [`packages/server/src/${path}`]: text })).toEqual([]);
  });

  it.each([
    ['packages/core/src/StepRun.ts', 'kebab-case'],
    ['packages/core/src/run.spec.ts', 'kebab-case'],
    ['packages/core/src/utils.ts', 'nothing in particular'],
    ['packages/server/src/engine/types.ts', 'collects types'],
  ])('is a file called %s', (path, message) => {
    finds(path, 'export const a = 1;', message);
  });

  it('is a loose end', () => {
    finds('packages/core/src/a.ts', 'export const a = 1;\n// TODO the other half', 'leaves a TODO');
  });
});
