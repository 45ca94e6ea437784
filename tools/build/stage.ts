/** The folder of a published package as npm packs it. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from './compile.ts';
import { type Manifest, publishedManifest } from './manifest.ts';
import type { Published } from './packages.ts';
import { urlsIn, withCompiledUrls } from './source-urls.ts';

export async function stage(root: string, of: Published, folder: string): Promise<string> {
  const source = join(root, 'packages', of.folder);
  rmSync(folder, { recursive: true, force: true });
  await compile(root, of.folder, join(folder, 'dist'));
  for (const each of of.folders ?? []) cpSync(join(source, each), join(folder, each), { recursive: true });
  cpSync(join(source, 'README.md'), join(folder, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest;
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(manifest, of), null, 2)}\n`);
  leaveOutTests(folder, of);
  finishUrls(folder);
  return folder;
}

function leaveOutTests(folder: string, { testSupport }: Published): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isTests = entry.isDirectory() ? entry.name === 'testing' : /\.(test|conformance)\./.test(entry.name);
    if (isTests && path !== join(folder, 'dist', testSupport ?? '.')) rmSync(path, { recursive: true, force: true });
  }
}

/** Every file that the code will look for beside itself is in the package, or there is no package. */
function finishUrls(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.m?js$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const code = withCompiledUrls(readFileSync(path, 'utf8'));
    writeFileSync(path, code);
    const missing = urlsIn(code).find((url) => !existsSync(join(dirname(path), url)));
    if (missing !== undefined) throw new Error(`${path} reads ${missing}, which is not in the package`);
  }
}
