/** `npm run build`: the packages as they are published, in dist/packages. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { published } from './packages.ts';
import { stage } from './stage.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = join(root, 'dist', 'packages');

rmSync(join(root, 'dist'), { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const each of published) console.log(join(target, pack(await stage(root, each))));

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
