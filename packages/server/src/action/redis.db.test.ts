/** The actions of Redis against a real one, as the engine has them run. */
import type { Json } from '@cloudflow/core/json.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../testing/components/describe-with.ts';
import { startRedis } from '../../testing/components/redis.ts';
import type { RunningComponent } from '../../testing/components/run-server.ts';
import { createTries, type TryOptions } from '../../testing/tries.ts';

describeWith('redis', 'the actions of Redis', () => {
  const tries = createTries('redis.get');
  const password = 'canary-of-redis';
  let server: RunningComponent;

  beforeAll(async () => {
    server = await startRedis(password);
    const values = { host: '127.0.0.1', port: String(server.port), password };
    tries.vault['REDIS'] = { type: 'redis', values, secrets: [password], allowedHosts: null };
    tries.vault['WRONG'] = {
      type: 'redis',
      values: { ...values, password: 'canary-wrong' },
      secrets: ['canary-wrong'],
      allowedHosts: null,
    };
    tries.vault['DEAD'] = { type: 'redis', values: { ...values, port: '1' }, secrets: [password], allowedHosts: null };
  });
  afterAll(async () => {
    await tries.close();
    await server?.stop();
  });

  const run = (type: string, config: Record<string, Json>, options: TryOptions = {}) =>
    tries.run({ credential: 'REDIS', ...config }, { ...options, type: `redis.${type}` });
  const outputOf = async (type: string, config: Record<string, Json>) => {
    const outcome = await run(type, config);
    return 'output' in outcome ? outcome.output : outcome;
  };

  it('write, read and delete values, text as it is and the rest as JSON', async () => {
    expect(await outputOf('get', { key: 'a' })).toEqual({ value: null });
    expect(await outputOf('set', { key: 'a', value: 'text ü\r\nSET b c' })).toEqual({ written: true });
    expect(await outputOf('get', { key: 'a' })).toEqual({ value: 'text ü\r\nSET b c' });
    expect(await outputOf('get', { key: 'b' })).toEqual({ value: null });
    await outputOf('set', { key: 'b', value: { n: [1, null] }, expires_after_ms: 60_000 });
    expect(await outputOf('get', { key: 'b', as: 'json' })).toEqual({ value: { n: [1, null] } });
    expect(await run('get', { key: 'a', as: 'json' })).toMatchObject({ error: { code: 'response_invalid' } });
    expect(await outputOf('set', { key: 'a', value: 'x', only_if: 'absent' })).toEqual({ written: false });
    expect(await outputOf('set', { key: 'a', value: 'x', only_if: 'present' })).toEqual({ written: true });
    expect(await outputOf('delete', { keys: ['a', 'b', 'c'] })).toEqual({ deleted: 2 });
  });

  it('count, also beyond the numbers of JavaScript', async () => {
    expect(await outputOf('increment', { key: 'n' })).toEqual({ value: 1 });
    expect(await outputOf('increment', { key: 'n', by: -3 })).toEqual({ value: -2 });
    await outputOf('set', { key: 'big', value: '9007199254740992' });
    expect(await outputOf('increment', { key: 'big' })).toEqual({ value: '9007199254740993' });
  });

  it('keep lists in order, publish, and add to streams with the idempotency key', async () => {
    expect(await outputOf('push', { key: 'l', values: ['a', 2, { b: 3 }] })).toEqual({ length: 3 });
    expect(await outputOf('push', { key: 'l', values: ['first'], end: 'left' })).toEqual({ length: 4 });
    expect(await outputOf('pop', { key: 'l', count: 2 })).toEqual({ values: ['first', 'a'] });
    expect(await outputOf('pop', { key: 'l', end: 'right' })).toEqual({ values: ['{"b":3}'] });
    expect(await outputOf('pop', { key: 'empty' })).toEqual({ values: [] });
    expect(await outputOf('publish', { channel: 'c', message: 'm' })).toEqual({ receivers: 0 });
    expect(await outputOf('add-to-stream', { key: 's', fields: { a: 1 } })).toEqual({
      id: expect.stringMatching(/^\d+-\d+$/),
    });
  });

  it('say what Redis refused, and never the password', async () => {
    await outputOf('push', { key: 'list', values: ['x'] });
    expect(await run('get', { key: 'list' })).toMatchObject({
      error: { code: 'provider_refused', retryable: false, details: { error: 'WRONGTYPE' } },
    });
    expect(await run('increment', { key: 'list' })).toMatchObject({
      error: { code: 'provider_refused', retryable: false },
    });
    const refused = await run('get', { credential: 'WRONG', key: 'a' });
    expect(refused).toMatchObject({
      error: { code: 'provider_refused', retryable: false, details: { error: 'WRONGPASS' } },
    });
    expect(JSON.stringify(refused)).not.toContain('canary');
  });

  it('can be tried again when nobody listens, are refused inside the house, and end when they are withdrawn', async () => {
    expect(await run('get', { credential: 'DEAD', key: 'a' })).toMatchObject({
      error: { code: 'network', retryable: true },
    });
    expect(await run('get', { key: 'a' }, { allow: [] })).toMatchObject({
      error: { code: 'egress_denied', retryable: false },
    });
    const stop = new AbortController();
    stop.abort();
    expect(await run('get', { key: 'a' }, { signal: stop.signal })).toMatchObject({ error: { code: 'aborted' } });
  });
});
