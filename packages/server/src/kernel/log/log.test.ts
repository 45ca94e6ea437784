import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function setup(format: 'json' | 'pretty') {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format, destination: { write: (line) => lines.push(line) } });
  return { log, lines };
}

test('a line is one JSON object with level, time and message', () => {
  const { log, lines } = setup('json');
  log.child({ correlation_id: 'c-1' }).warn({ shard: 3 }, 'a shard was lost');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'warn',
    message: 'a shard was lost',
    shard: 3,
    correlation_id: 'c-1',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
});

test('secrets are masked by the name of their field, at any place where they usually stand [S077]', () => {
  const { log, lines } = setup('json');
  const secrets = { authorization: 'Bearer hunter2', 'x-api-key': 'hunter2', cookie: 'a=hunter2', password: 'hunter2' };
  log.info({ ...secrets, headers: secrets, request: { headers: secrets } }, 'x');
  log.child({ token: 'hunter2' }).info({ config: { databaseUrl: 'postgres://a:hunter2@b/c' } }, 'y');
  expect(lines.join()).not.toContain('hunter2');
  expect(lines.join()).toContain('[masked]');
});

test('an error is logged with its cause and its stack, under either name', () => {
  const { log, lines } = setup('json');
  const error = new Error('outer', { cause: new Error('inner') });
  log.error({ error }, 'x');
  log.error({ err: error }, 'y');
  for (const line of lines) expect(line).toMatch(/outer.*inner/);
});

test('of an error texts and numbers are written, and no object that a library has hung on it', () => {
  const { log, lines } = setup('json');
  const lost = Object.assign(new Error('lost'), { code: '57P01', client: { user: 'flows', host: 'db' } });
  log.warn({ err: lost }, 'a connection was lost');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ err: { message: 'lost', code: '57P01' } });
  expect(lines[0]).not.toContain('flows');
});

test('on a terminal a line is readable, and nothing in it can steer the terminal [S059]', () => {
  const { log, lines } = setup('pretty');
  log.info({ component: 'engine', name: '\u001b[2Jx\nFAKE' }, 'hello\u0007\r\nINFO forged');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}engine: hello/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is the point
  expect(lines[0]?.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
});
