/** What can be known of the container without building it: that it goes with the repository, and what makes its keys. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const dockerfile = read('deploy/Dockerfile');
const { version, devDependencies } = JSON.parse(read('package.json'));

const folder = mkdtempSync(join(tmpdir(), 'cloudflow-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the image is made with the pinned Node, in every stage', () => {
  const stages = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(new Set(stages)).toEqual(new Set([`node:${devDependencies.node}-bookworm-slim`, 'manifests']));
});

it('what is copied is there, the package.json of every workspace among it', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(copied).toEqual(
    expect.arrayContaining(readdirSync(join(root, 'packages')).map((name) => `packages/${name}/package.json`)),
  );
});

it('the image and the Compose file have the version of the release', () => {
  expect(dockerfile).toContain(`ARG VERSION=${version}`);
  expect(parse(read('deploy/compose.yaml')).services.cloudflow.image).toBe(`cloudflow:${version}`);
});

it('every service of Compose is without capabilities and with a read-only root, and reads files that are made', () => {
  const { services } = parse(read('deploy/compose.yaml')) as { services: Record<string, Record<string, unknown>> };
  const made = [...read('deploy/make-keys.sh').matchAll(/^keep (\S+) "/gm)].map(([, name]) => `/run/keys/${name}`);
  for (const service of Object.values(services)) {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    const files = Object.entries(service['environment'] ?? {}).filter(([name]) => name.endsWith('_FILE'));
    for (const [, path] of files) expect(made).toContain(path);
  }
});

it('keys are made once, each for its reader alone', () => {
  const owner = String(process.getuid?.() ?? 0);
  const make = () =>
    execFileSync('bash', [join(root, 'deploy/make-keys.sh'), folder], {
      env: { ...process.env, DATABASE_OWNER: owner, PRODUCT_OWNER: owner },
    });
  const contents = () =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  make();
  const first = contents();
  make();
  expect(contents()).toEqual(first);
  expect(first).toEqual({
    'api-key': expect.stringMatching(/^cfk_live_[A-Za-z0-9]{32}$/),
    'database-password': expect.stringMatching(/^[A-Za-z0-9]{40}$/),
    'database-url': `postgres://cloudflow:${first['database-password']}@database:5432/cloudflow`,
    'master-key': expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
  });
});
