/** What `npm run build` makes, as others get it: installed by npm in an empty folder, and used there. */
import { globSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledPackages, installPackages, missingRegistry, root } from './installed-packages.ts';

const missing = await missingRegistry();
it.runIf(process.env['CI'] === 'true')('in CI there is a registry', () => expect(missing).toBeUndefined());

const leftOut = missing === undefined ? '' : ` (left out: ${missing})`;
describe.skipIf(missing !== undefined)(`the packages${leftOut}`, () => {
  let packages: InstalledPackages;
  let [url, key] = ['', ''];
  const cloudflow = (...words: readonly string[]) => packages.run('npx', 'cloudflow', ...words);
  async function isDeclared(type: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${key}` };
    return (await fetch(`${url}/api/v1/registry/actions/${type}`, { headers })).ok;
  }

  beforeAll(async () => {
    packages = await installPackages();
    await cp(join(root, 'e2e', 'consumer'), packages.folder, { recursive: true });
    const started = /(cfk_live_\w+)[\s\S]*CloudFlow is ready on (\S+)/;
    [, key = '', url = ''] = await packages.start(started, 'npx', 'cloudflow', 'start');
    packages.setEnvironment({ CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: key });
  }, 240_000);
  afterAll(() => packages?.remove());

  it('hold no sources and no tests', () => {
    const files = globSync('node_modules/{cloudflow,@cloudflow/*}/**/*.{ts,mjs,js}', { cwd: packages.folder });
    expect(files.length).toBeGreaterThan(1000);
    expect(files.filter((file) => /\.(test|conformance)\./.test(file))).toEqual([]);
    expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
  });

  it('`npx cloudflow start` is the product, with its pages', async () => {
    for (const path of ['/readyz', '/docs', '/docs/style.css', '/docs/filter.js', '/schemas/workflow/1.0.json'])
      expect((await fetch(url + path)).status, path).toBe(200);
  });

  it('a workflow is published and run, its function in the sandbox', async () => {
    await cloudflow('workflow', 'publish', 'greeting.yaml');
    const run = await cloudflow('run', 'start', 'greeting', '--input', '{"name":"Ada"}', '--wait', '-o', 'json');
    expect(JSON.parse(run)).toMatchObject({ status: 'COMPLETED', output: 'Hello, ADA' });
  });

  it('actions run in workers, of the SDK on the Node that is there and of the command, from a workflow in TypeScript', async () => {
    await packages.start(/ready/, 'node', 'worker.mjs');
    await packages.start(/Working for/, 'npx', 'cloudflow', 'worker');
    await expect.poll(() => isDeclared('acme.charge')).toBe(true);
    await expect.poll(() => isDeclared('acme.receive')).toBe(true);
    await cloudflow('workflow', 'publish', 'order.ts');
    const run = await cloudflow('run', 'start', 'order', '--input', '{"cents":250}', '--wait', '-o', 'json');
    expect(JSON.parse(run)).toMatchObject({ status: 'COMPLETED', output: 'received receipt for 250' });
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('a program in TypeScript has their types: module %s, resolution %s', async (module, moduleResolution) => {
    const compilerOptions = { ...strict, module, moduleResolution };
    await writeFile(
      join(packages.folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['order.ts', 'consumer.ts', 'actions/receive.action.ts'] }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const told = await packages.run(process.execPath, tsc, '-p', packages.folder).catch(({ stdout }) => stdout);
    expect(told).toBe('');
  });

  it('the SDK loads where there is no Node: nothing in its import graph is of Node', async () => {
    expect(await packages.run(process.execPath, 'browser.mjs')).toBe('loaded 6\n');
  });
});

/** As in a browser: no types of Node. Also what the packages declare is checked. */
const strict = {
  strict: true,
  noEmit: true,
  exactOptionalPropertyTypes: true,
  target: 'ES2023',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  types: [],
  skipLibCheck: false,
};
