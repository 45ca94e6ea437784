/** The command line from outside: the real program against the real product, by what it prints and how it ends. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cli, createCli } from './cli.ts';
import { useProduct } from './product.ts';

const product = useProduct();
let folder: string;
let cli: Cli;

const hello = `# A greeting.
workflow_id: hello
version: 1.0.0
steps:
  - id: greet
    type: transform
    config:
      output: Hello \${input.name}
  - id: go
    type: wait
    depends_on: [greet]
    config: { signal: go }
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudflow-cli-'));
  await writeFile(join(folder, 'hello.yaml'), hello);
  const { url, apiKey } = product.server;
  cli = createCli({ cwd: folder, env: { CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: apiKey, XDG_CONFIG_HOME: folder } });
  expect((await cli.run(['workflow', 'publish', 'hello.yaml'])).code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const startHello = async (name = 'Ann'): Promise<string> => {
  const started = await cli.json(['run', 'start', 'hello', '--input', JSON.stringify({ name })]);
  return (started as { execution_id: string }).execution_id;
};

describe('workflows', () => {
  it('are validated with the line of what is wrong, by the server and without one', async () => {
    await writeFile(join(folder, 'wrong.yaml'), hello.replace('[greet]', '[gret]'));
    for (const local of [[], ['--local']]) {
      const { code, stdout } = await cli.run(['workflow', 'validate', 'wrong.yaml', ...local]);
      expect(code).toBe(5);
      expect(stdout).toMatch(/^wrong\.yaml:11:\d+ error .*gret.*did you mean `greet`/);
    }
    const alone = createCli({ cwd: folder, env: { XDG_CONFIG_HOME: folder, CLOUDFLOW_URL: 'http://127.0.0.1:9' } });
    const { code, stderr } = await alone.run(['workflow', 'validate', 'hello.yaml']);
    expect(code).toBe(0);
    expect(stderr).toContain('without a server');
  });

  it('are formatted with their comments, and formatted again they stay', async () => {
    const path = join(folder, 'messy.yaml');
    await writeFile(
      path,
      hello.replace('workflow_id: hello\nversion: 1.0.0\n', 'version: 1.0.0\nworkflow_id: hello\n'),
    );
    expect((await cli.run(['workflow', 'fmt', '--check', 'messy.yaml'])).code).toBe(5);
    expect((await cli.run(['workflow', 'fmt', 'messy.yaml'])).code).toBe(0);
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/^# A greeting\.\n+workflow_id: hello\nversion: 1\.0\.0\n/);
    expect((await cli.run(['workflow', 'fmt', '--check', 'messy.yaml'])).code).toBe(0);
  });

  it('are compared, published, listed, exported, imported, rolled back, switched off and deleted', async () => {
    const next = hello.replace('1.0.0', '1.1.0').replace('Hello', 'Hi').replaceAll('hello', 'changing');
    await writeFile(join(folder, 'first.yaml'), hello.replaceAll('hello', 'changing'));
    await writeFile(join(folder, 'next.yaml'), next);
    expect((await cli.run(['workflow', 'publish', 'first.yaml'])).code).toBe(0);
    const diff = await cli.run(['workflow', 'diff', 'next.yaml', '--check']);
    expect(diff.code).toBe(6);
    expect(diff.stdout).toContain('~ step greet (transform)');
    expect((await cli.run(['workflow', 'publish', 'next.yaml', '--dry-run'])).code).toBe(0);
    expect(await cli.json(['workflow', 'publish', 'next.yaml'])).toMatchObject([{ version: '1.1.0' }]);
    const clash = await cli.run(['workflow', 'publish', '-'], { input: next.replace('Hi', 'Hey') });
    expect(clash.code).toBe(6);
    expect(clash.stderr).toContain('Raise `version`');
    const exported = await cli.run(['workflow', 'export', 'changing', 'changing@1.0.0']);
    expect((await cli.run(['workflow', 'import', '-'], { input: exported.stdout })).code).toBe(0);
    expect(await cli.json(['workflow', 'rollback', 'changing@1.0.0'])).toMatchObject({ version: '1.0.0' });
    expect(await cli.json(['workflow', 'get', 'changing'])).toMatchObject({ version: '1.0.0' });
    expect(await cli.json(['workflow', 'get', 'changing', '--versions'])).toHaveLength(2);
    expect(await cli.json(['workflow', 'list', '--search', 'chang'])).toHaveLength(1);
    expect(await cli.json(['workflow', 'disable', 'changing'])).toMatchObject({ status: 'disabled' });
    expect((await cli.run(['run', 'start', 'changing'])).code).toBe(6);
    expect((await cli.run(['workflow', 'enable', 'changing'])).code).toBe(0);
    expect((await cli.run(['workflow', 'delete', 'changing'])).code).toBe(2);
    expect((await cli.run(['workflow', 'delete', 'changing', '--dry-run'])).stdout.trim()).toBe('changing');
    expect((await cli.run(['workflow', 'delete', 'changing', '--yes'])).code).toBe(0);
    expect((await cli.run(['workflow', 'get', 'changing'])).code).toBe(3);
  });

  it('that do not exist are told with the one that was probably meant', async () => {
    const { code, stderr } = await cli.run(['run', 'start', 'helo']);
    expect(code).toBe(3);
    expect(stderr).toContain('Did you mean hello?');
  });
});

describe('drafts', () => {
  it('are saved when they are wrong, compared by their ETag, listed, gone back to and published', async () => {
    const wrong = hello.replaceAll('hello', 'drafted').replace('[greet]', '[gret]');
    const saved = await cli.run(['draft', 'save', '-', '--create', '-o', 'json'], { input: wrong });
    expect([saved.code, JSON.parse(saved.stdout)]).toMatchObject([0, { revision: 1, valid: false }]);
    expect((await cli.run(['draft', 'save', '-', '--create'], { input: `${wrong}name: X\n` })).code).toBe(6);
    expect((await cli.run(['draft', 'get', 'drafted'])).stdout).toMatch(/valid +no\nerror +\/steps\/1\/depends_on/);
    expect((await cli.run(['draft', 'publish', 'drafted'])).code).toBe(5);
    const right = wrong.replace('[gret]', '[greet]');
    const { etag } = JSON.parse(saved.stdout) as { etag: string };
    expect((await cli.run(['draft', 'save', '-', '--if-match', etag], { input: right })).code).toBe(0);
    expect((await cli.run(['draft', 'save', '-', '--if-match', etag], { input: `${right}name: X\n` })).code).toBe(6);
    expect((await cli.run(['draft', 'publish', 'drafted', '--if-match', etag])).code).toBe(6);
    expect(await cli.json(['draft', 'publish', 'drafted', '--as-version', '1.1.0'])).toMatchObject({
      version: '1.1.0',
    });
    expect(await cli.json(['draft', 'history', 'drafted'])).toMatchObject([
      { published_as: '1.1.0' },
      { revision: 2 },
      { revision: 1 },
    ]);
    const first = await cli.run(['draft', 'get', 'drafted', '--revision', '1', '--definition']);
    const back = await cli.run(['draft', 'save', '-'], { input: first.stdout });
    expect([back.code, back.stderr]).toEqual([0, expect.stringMatching(/stdin:\d+:\d+ error .*gret/)]);
    const slip = await cli.run(['draft', 'get', 'draftd']);
    expect([slip.code, slip.stderr]).toEqual([3, expect.stringContaining('Did you mean drafted?')]);
  });
});

describe('runs', () => {
  it('are started, found by the beginning of an id, explained, signalled, watched and listed', async () => {
    const id = await startHello();
    expect(await cli.json(['run', 'get', id.slice(0, 18)])).toMatchObject({ id, workflow_id: 'hello' });
    expect((await cli.run(['run', 'explain', id])).stdout).toContain('go');
    expect(await cli.json(['run', 'steps', id])).toMatchObject([
      { path: 'greet', output: 'Hello Ann' },
      { path: 'go' },
    ]);
    const watching = cli.run(['run', 'watch', id]);
    expect((await cli.run(['run', 'signal', id, 'go', '--payload', '{"by":"ann"}'])).code).toBe(0);
    const watched = await watching;
    expect(watched.code).toBe(0);
    expect(watched.stdout).toContain('step succeeded  go');
    const events = await cli.run(['run', 'events', id, '-o', 'jsonl']);
    expect(
      events.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).type),
    ).toContain('execution_ended');
    expect((await cli.run(['run', 'list', '--workflow', 'hello', '--since', '1h'])).stdout).toContain(id);
  });

  it('that fail end the waiting program with 8, and are retried from where they failed', async () => {
    const failed = await cli.run(['run', 'start', 'hello', '--wait', '-o', 'json', '-q']);
    expect(failed.code).toBe(8);
    const { id, status } = JSON.parse(failed.stdout) as { id: string; status: string };
    expect(status).toBe('FAILED');
    expect(await cli.json(['run', 'retry', id, '--dry-run'])).toMatchObject({ runs_count: 2 });
    const retried = await cli.json(['run', 'retry', id, '--input', '{"name":"Bob"}', '--from', 'start']);
    const next = (retried as { execution_id: string }).execution_id;
    expect(await cli.json(['run', 'get', next])).toMatchObject({ retry_of: id });
    const onLatest = await cli.json(['run', 'retry', id, '--version', 'latest', '--dry-run']);
    expect(onLatest).toMatchObject({ version: '1.0.0' });
  });

  it('tell why tries failed: as it was, by step and level, and followed to the end', async () => {
    const step = { id: 'call', type: 'http_request', config: { url: 'http://127.0.0.1:1/' } };
    const retry = { max_attempts: 2, initial: '100ms' };
    const text = JSON.stringify({ workflow_id: 'calls', version: '1.0.0', steps: [{ ...step, retry }] });
    expect((await cli.run(['workflow', 'publish', '-'], { input: text })).code).toBe(0);
    const { execution_id: id } = (await cli.json(['run', 'start', 'calls'])) as { execution_id: string };
    const followed = await cli.run(['run', 'logs', id, '--follow']);
    expect([followed.code, followed.stdout.trim().split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(/^20\S+Z {2}WARN {3}call {2}The try failed with/),
        expect.stringMatching(/^20\S+Z {2}WARN {3}call \(attempt 2\) {2}The try failed with/),
      ],
    ]);
    const lines = async (...more: string[]) =>
      (await cli.run(['run', 'logs', id, '-o', 'jsonl', ...more])).stdout.trim().split('\n').filter(Boolean).length;
    expect(await Promise.all([lines(), lines('--level', 'error'), lines('--step', 'other')])).toEqual([2, 0, 0]);
    const open = await startHello();
    expect((await cli.run(['run', 'logs', open, '--follow', '--timeout', '100ms'])).code).toBe(7);
    const interrupted = cli.begin(['run', 'logs', open, '--follow', '-v']);
    await expect.poll(interrupted.stderr).toContain(`${open}/logs`);
    expect(await interrupted.interrupt()).toBe(130);
  });

  it('that do not end in time end the waiting program with 7', async () => {
    const { code } = await cli.run(['run', 'start', 'hello', '-i', '{"name":"Ann"}', '--wait', '--timeout', '200ms']);
    expect(code).toBe(7);
  });

  it('are held, let go and cancelled, which is asked for first', async () => {
    const id = await startHello();
    expect((await cli.run(['run', 'pause', id, '--reason', 'lunch'])).code).toBe(0);
    expect((await cli.run(['run', 'resume', id])).code).toBe(0);
    expect((await cli.run(['run', 'cancel', id])).code).toBe(2);
    expect((await cli.run(['run', 'cancel', id, '--dry-run'])).stdout).toContain('RUNNING');
    expect((await cli.run(['run', 'cancel', id, '--yes'])).code).toBe(0);
    expect((await cli.run(['run', 'watch', id])).code).toBe(8);
    expect((await cli.run(['run', 'cancel', id, '--yes'])).code).toBe(6);
  });

  it('are cancelled as many as a filter finds', async () => {
    await startHello();
    const filter = ['--workflow', 'hello', '--status', 'RUNNING'];
    const found = (await cli.json(['operation', 'start', 'cancel', ...filter, '--dry-run'])) as { matched: number };
    expect(found.matched).toBeGreaterThan(0);
    const done = await cli.json(['operation', 'start', 'cancel', ...filter, '--wait', '--yes']);
    expect(done).toMatchObject({ status: 'COMPLETED', failed: 0 });
    expect(await cli.json(['operation', 'get', (done as { id: string }).id])).toMatchObject({ action: 'cancel' });
    expect((await cli.run(['operation', 'start', 'cancel', '--yes'])).code).toBe(2);
  });
});

describe('credentials', () => {
  it('are set from stdin, listed without values, and deleted', async () => {
    expect(
      (await cli.run(['credential', 'set', 'CRM', '--host', 'crm.example.com'], { input: 'canary-1\n' })).code,
    ).toBe(0);
    expect((await cli.run(['credential', 'set', 'CRM'], { input: 'canary-2\n' })).code).toBe(0);
    expect((await cli.run(['credential', 'set', 'CRM', '--values', '{"value":"canary"}'])).code).toBe(2);
    const listed = await cli.run(['credential', 'list', '-o', 'json']);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'CRM', allowed_hosts: ['crm.example.com'] }]);
    expect(listed.stdout).not.toContain('canary');
    const slip = await cli.run(['credential', 'delete', 'CMR', '--yes']);
    expect([slip.code, slip.stderr]).toEqual([3, expect.stringContaining('Did you mean CRM?')]);
    expect((await cli.run(['credential', 'delete', 'CRM', '--yes'])).code).toBe(0);
  });
});

describe('the program', () => {
  it('keeps a key in a file of its owner alone, and sends it to its own server only', async () => {
    const { url, apiKey } = product.server;
    const home = await mkdtemp(join(folder, 'home-'));
    const own = createCli({ cwd: folder, env: { XDG_CONFIG_HOME: home } });
    const refused = await own.run(['auth', 'login', '--url', url], { input: `cfk_live_${'0'.repeat(32)}\n` });
    expect(refused.code).toBe(4);
    expect((await own.run(['auth', 'login', '--url', url], { input: `${apiKey}\n` })).code).toBe(0);
    const { mode } = await stat(join(home, 'cloudflow', 'profiles.yaml'));
    expect(mode & 0o777).toBe(0o600);
    const status = await own.run(['auth', 'status', '-o', 'json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ url, profile: 'default', key_source: 'profile' });
    expect(status.stdout).not.toContain(apiKey);
    expect((await own.run(['workflow', 'list', '--url', 'http://127.0.0.1:9'])).code).toBe(4);
    expect((await own.run(['auth', 'logout'])).code).toBe(0);
    expect((await own.run(['workflow', 'list', '--url', url])).code).toBe(4);
  });

  it('calls any operation, page by page when asked to', async () => {
    expect(await cli.json(['api', 'GET', '/v1/executions/stats'])).toHaveProperty('by_status');
    expect(await cli.json(['api', '/v1/workflows', '--paginate'])).toContainEqual(
      expect.objectContaining({ workflow_id: 'hello' }),
    );
    const refused = await cli.run(['api', 'POST', '/v1/workflows', '--input', '{}', '-o', 'json']);
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stderr)).toMatchObject({ code: 'invalid_definition' });
    expect((await cli.run(['api', 'GET', '/v1/nothing'])).code).toBe(3);
  });

  it('says what is wrong with a command line, with what was probably meant, and ends with 2', async () => {
    const cases = [
      [['wrokflow', 'list'], 'Did you mean workflow?'],
      [['run', 'strat', 'hello'], 'Did you mean start?'],
      [['run', 'start', 'hello', '--wiat'], 'Did you mean --wait?'],
      [['run', 'start'], "Missing required argument 'workflow'"],
      [['run', 'list', '-o', 'jsn'], 'Did you mean json?'],
      [['run', 'start', 'hello', '--input', '{'], 'is not JSON'],
      [['run', 'get', 'zzz'], 'no id of a run'],
    ] as const;
    for (const [words, text] of cases) {
      const { code, stderr, stdout } = await cli.run(words);
      expect([words, code, stdout]).toEqual([words, 2, '']);
      expect(stderr).toContain(text);
    }
  });

  it('cannot reach a server: ends with 1 and says what to do', async () => {
    const { code, stderr } = await cli.run(['run', 'list', '--url', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(stderr).toContain('cloudflow start');
  });

  it('ends with 130 on Ctrl-C, and leaves the run alone', async () => {
    const id = await startHello();
    const { code } = await cli.run(['run', 'watch', id], { interruptOn: 'step started' });
    expect(code).toBe(130);
    expect(await cli.json(['run', 'get', id])).toMatchObject({ status: 'RUNNING' });
  });

  it('does not mind that its reader has gone', async () => {
    // `true` has ended before the first byte is written.
    const { stdout, stderr } = await cli.shell('"$CLOUDFLOW" api /v1/openapi.json | true; echo "${PIPESTATUS[0]}"');
    expect([stdout.trim(), stderr]).toEqual(['0', '']);
  });

  it('prints help with examples for every command, its version, and completions that a shell can read', async () => {
    expect((await cli.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const words of [['--help'], ['run', '--help'], ['run', 'start', '--help']]) {
      const { code, stdout } = await cli.run(words);
      expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: cloudflow')]);
    }
    const completed = await cli.shell(
      'source <("$CLOUDFLOW" completion bash); COMP_WORDS=(cloudflow run sta); COMP_CWORD=2; _cloudflow; echo "${COMPREPLY[@]}"',
    );
    expect(completed.stdout.trim()).toBe('start');
    for (const shell of ['zsh', 'fish']) expect((await cli.run(['completion', shell])).stdout).toContain('run');
  });
});

describe('a project', () => {
  it('is made once, runs with its action by `dev`, and is published anew on a save', async () => {
    expect((await cli.run(['init', 'flows'])).code).toBe(0);
    expect((await cli.run(['init', 'flows'])).code).toBe(6);
    const project = join(folder, 'flows');
    const { url, apiKey } = product.server;
    const inside = createCli({
      cwd: project,
      env: { CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: apiKey, XDG_CONFIG_HOME: folder },
    });
    const dev = inside.begin(['dev']);
    await expect.poll(dev.stderr, { timeout: 60_000 }).toContain('Watching');
    const path = join(project, 'workflows/hello.yaml');
    const text = await readFile(path, 'utf8');
    expect(await inside.json(['run', 'start', 'hello', '-i', '{"name":"Ann"}', '--wait'])).toMatchObject({
      output: 'HELLO ANN!',
    });
    await writeFile(path, text.replace('Hello $', 'Hi $'));
    await expect.poll(() => dev.stderr().match(/published hello@/g)).toHaveLength(2);
    expect(await inside.json(['run', 'start', 'hello', '-i', '{"name":"Ann"}', '--wait'])).toMatchObject({
      output: 'HI ANN!',
    });
    await writeFile(path, text);
    await expect.poll(() => dev.stderr().match(/published hello@/g)).toHaveLength(3);
    expect((await inside.run(['workflow', 'get', 'hello'])).code).toBe(0);
    await writeFile(path, text.replace('[greet]', '[gret]'));
    await expect.poll(dev.stderr).toContain('did you mean `greet`');
    expect(await dev.interrupt()).toBe(0);
  });

  it('is looked at by the doctor, who says what fails and what to do', async () => {
    const well = (await cli.run(['doctor', '-o', 'json'])) as { stdout: string };
    const findings = JSON.parse(well.stdout) as { check: string; status: string }[];
    const of = (check: string) => findings.find((each) => each.check === check)?.status;
    expect(['Node', 'server', 'key', 'versions', 'clock of the server'].map(of)).toEqual(Array(5).fill('ok'));
    const ill = await cli.run(['doctor', '--url', 'http://127.0.0.1:9']);
    expect([ill.code, ill.stdout]).toEqual([1, expect.stringContaining('cloudflow start')]);
  });
});
