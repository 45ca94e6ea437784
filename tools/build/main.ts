/** `npm run build [-- folder]`: the packages as they are published, in dist/packages or in `packages` of the folder. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { published } from './packages.ts';
import { stage } from './stage.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, 'dist'));
const target = join(dist, 'packages');

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const each of published)
  console.log(join(target, pack(await stage(root, each, join(dist, 'staged', each.folder)))));

/** The name of the tarball. */
function pack(folder: string): string {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', target];
  const output = execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return (JSON.parse(output) as [{ filename: string }])[0].filename;
}
