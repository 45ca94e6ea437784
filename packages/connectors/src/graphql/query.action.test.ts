import { fakeContext, type HttpMock, runAction } from '@cloudflow/sdk/testing/index.ts';
import { describe, expect, it } from 'vitest';
import query from './query.action.ts';

const config = {
  url: 'https://api.example/graphql',
  query: 'query($id: ID!) { order(id: $id) { total } }',
  variables: { id: '7' },
};
const credentials = { gh: { type: 'github', values: { token: 'ghp' } } };

async function ask(answer: HttpMock, more: object = {}) {
  const context = fakeContext({ config: { ...config, ...more }, credentials, http: [answer] });
  const outcome = await runAction(query, context).catch((error: unknown) => error);
  return { outcome, request: context.requests[0], key: context.idempotencyKey };
}

describe('graphql.query', () => {
  it('sends the document and its variables, and gives the data', async () => {
    const { outcome, request, key } = await ask(
      { json: { data: { order: { total: 3 } } } },
      { credential: 'gh', operation_name: 'Q' },
    );
    expect(outcome).toEqual({ data: { order: { total: 3 } }, errors: [] });
    expect(request).toMatchObject({ method: 'POST', credential: 'gh', headers: { 'idempotency-key': key } });
    expect(JSON.parse(String(request?.body))).toEqual({
      query: config.query,
      variables: { id: '7' },
      operationName: 'Q',
    });
  });

  const failing = {
    data: { order: null, user: { name: 'Ann' } },
    errors: [{ message: 'No such order', path: ['order'] }],
  };

  it('fails with the errors of an answer whose status is 200', async () => {
    const { outcome } = await ask({ json: failing });
    expect(outcome).toMatchObject({
      name: 'ActionError',
      code: 'provider_refused',
      message: 'The API answered with 1 error(s): No such order',
      details: { errors: [{ message: 'No such order', path: ['order'] }], count: 1 },
    });
  });

  it('takes what there is when it is told to, and nothing when there is nothing', async () => {
    expect((await ask({ json: failing }, { partial: true })).outcome).toEqual({
      data: failing.data,
      errors: failing.errors,
    });
    const nothing = await ask({ json: { data: null, errors: failing.errors } }, { partial: true });
    expect(nothing.outcome).toMatchObject({ code: 'provider_refused' });
  });

  it.each([
    [{ message: 'slow down', type: 'RATE_LIMITED' }, 'RetryableError'],
    [{ message: 'slow down', extensions: { code: 'THROTTLED' } }, 'RetryableError'],
    [{ message: 'wrong', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }, 'ActionError'],
  ])('takes %j as a %s', async (error, name) => {
    expect((await ask({ json: { errors: [error] } })).outcome).toMatchObject({ name, code: 'provider_refused' });
  });

  it('reads the errors of a status that is none of success', async () => {
    const { outcome } = await ask({ status: 400, json: { errors: [{ message: 'Syntax Error' }] } });
    expect(outcome).toMatchObject({
      name: 'ActionError',
      details: { status: 400, errors: [{ message: 'Syntax Error' }] },
    });
    expect((await ask({ status: 503, body: '<html>' })).outcome).toMatchObject({
      name: 'RetryableError',
      details: { status: 503, excerpt: '<html>' },
    });
  });

  it.each([{ json: {} }, { json: [] }, { body: '<html>' }])('takes %j for no answer of GraphQL', async (answer) => {
    expect((await ask(answer)).outcome).toMatchObject({ name: 'ActionError', code: 'response_invalid' });
  });

  it('shows the first of many errors, and cuts long ones', async () => {
    const errors = Array.from({ length: 50 }, () => ({ message: 'x'.repeat(10_000) }));
    const { outcome } = await ask({ json: { errors } });
    const { details } = outcome as { details: { errors: unknown[]; count: number } };
    expect(details.errors).toHaveLength(10);
    expect(details.count).toBe(50);
    expect(JSON.stringify(details).length).toBeLessThan(16 * 1024);
  });
});
