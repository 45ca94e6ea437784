/** docs/guides/test-a-workflow.md, followed to the letter; and the command that it is about. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cli, createCli } from './cli.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
let cli: Cli;
let commands: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudflow-test-'));
  const { url, apiKey } = product.server;
  cli = createCli({ cwd: folder, env: { CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: apiKey, XDG_CONFIG_HOME: folder } });
  const guide = await readFile(join(root, 'docs/guides/test-a-workflow.md'), 'utf8');
  commands = [...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, command = '']) => command);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The guide says `cloudflow`, which an installed package has on the PATH. */
const followed = (place: number) => cli.shell(`cloudflow() { "$CLOUDFLOW" "$@"; }\n${commands[place]}`);

it('the guide to tests says what happens', async () => {
  expect(commands).toHaveLength(4);
  const first = await followed(0);
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain('✓ charges, and adds the tax');
  expect(first.stdout).toContain('steps: 2 of 3 reached; no case reached approval');

  const second = await followed(1);
  expect([second.code, second.stdout.match(/✓/g)?.length]).toEqual([0, 5]);
  expect(second.stderr).toContain('5 cases passed.');

  const third = await followed(2);
  expect([third.code, third.stderr]).toEqual([0, expect.stringContaining('1 expectations were replaced')]);
  expect(await readFile(join(folder, 'workflows/order.test.yaml'), 'utf8')).toContain('gross: 11');

  const { stdout } = await followed(3);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETED', steps: [{ step_id: 'total', output: 200 }] });
});

it('the cases of the example pass, and reach all of its steps', async () => {
  const { code, stdout } = await cli.run(['test', join(root, 'examples')]);
  expect(code).toBe(0);
  expect(stdout).toContain('steps: 2 of 2 reached');
});

const workflow = `workflow_id: greet
version: 1.0.0
steps:
  - { id: ask, type: http_request, config: { url: "https://ask.example/" } }
  - { id: say, type: transform, depends_on: [ask], config: { output: "hello \${ steps.ask.output.body.name }" } }
`;
const cases = `cases:
  - name: greets
    mocks: { http: [{ url: "https://ask.example/", reply: { body: { name: ann } } }] }
    expect:
      output: { say: hello bob } # who is it?
      steps: { ask: { output_contains: { status: 201 } } }
  - name: is not mocked
    expect: { status: COMPLETED }
`;

it('a case that fails is told with its line, the place and the difference; the end is 1, and JUnit has it', async () => {
  await writeFile(join(folder, 'greet.yaml'), workflow);
  await writeFile(join(folder, 'greet.test.yaml'), cases);
  const { code, stdout, stderr } = await cli.run(['test', 'greet.test.yaml', '--junit', 'results.xml']);
  expect(code).toBe(1);
  expect(stderr).toContain('2 of 2 cases failed');
  expect(stdout).toContain('greet.test.yaml:2:');
  expect(stdout).toMatch(/expect\/output .*\n\s+\/say\n\s+- expected "hello bob"\n\s+\+ actual +"hello ann"/);
  expect(stdout).toMatch(/expect\/steps\/ask\/output_contains .*\n\s+\/status\n\s+- expected 201\n\s+\+ actual +200/);
  expect(stdout).toContain('the step ask asks for GET https://ask.example/, and no mock answers');
  const xml = await readFile(join(folder, 'results.xml'), 'utf8');
  expect(xml).toContain('tests="2" failures="2"');
  expect(xml).toContain('+ actual   &quot;hello ann&quot;'.replaceAll('&quot;', '"'));

  const report = await cli.run(['test', 'greet.test.yaml', '-o', 'json']);
  expect(JSON.parse(report.stdout)).toMatchObject([{ cases: [{ name: 'greets', passed: false }, { passed: false }] }]);
});

it('--update writes what was given in place of what was expected, and keeps comments and parts', async () => {
  await writeFile(join(folder, 'greet.yaml'), workflow);
  await writeFile(join(folder, 'greet.test.yaml'), cases);
  await cli.run(['test', 'greet.test.yaml', '--name', 'greets', '--update']);
  const text = await readFile(join(folder, 'greet.test.yaml'), 'utf8');
  expect(text).toContain('hello ann');
  expect(text).toContain('status: 201');
  expect(text).toContain('- name: is not mocked');
});

it('what is not right ends with 5, with the file, the line and what was probably meant', async () => {
  await writeFile(join(folder, 'greet.yaml'), workflow);
  const refused = async (text: string) => {
    await writeFile(join(folder, 'greet.test.yaml'), text);
    const { code, stderr } = await cli.run(['test', 'greet.test.yaml']);
    expect(code).toBe(5);
    return stderr;
  };
  expect(await refused('cases:\n  - name: a\n    expct: {}\n')).toMatch(/greet\.test\.yaml:3:5.*expct/);
  const named = 'cases:\n  - name: a\n    mocks: { steps: { aks: { output: 1 } } }\n    expect: {}\n';
  expect(await refused(named)).toMatch(/greet\.test\.yaml:3.*no step aks/);
  expect(await refused('cases:\n  - name: a\n    expect: { assert: ["outptu == 1"] }\n')).toContain('output');
  await writeFile(join(folder, 'greet.yaml'), workflow.replace('steps.ask', 'steps.aks'));
  expect(await refused(cases)).toMatch(/greet\.yaml:5/);
});

it('the schema of cases is served for editors', async () => {
  const answer = await fetch(`${product.server.url}/schemas/workflow-test/1.0.json`);
  expect(await answer.json()).toMatchObject({ properties: { cases: { type: 'array' } } });
});
