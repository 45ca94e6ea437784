import { createHash } from 'node:crypto';
import type { TypedAction } from '@cloudflow/sdk/index.ts';
import { fakeContext, type HttpMock, runAction } from '@cloudflow/sdk/testing/index.ts';
import type { Static, TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import commentIssue from './comment-issue.action.ts';
import createIssue from './create-issue.action.ts';
import writeFile from './create-or-update-file.action.ts';
import dispatchWorkflow from './dispatch-workflow.action.ts';
import get from './get.action.ts';

const credentials = {
  gh: { type: 'github', values: { token: 'ghp_1' } },
  ghe: { type: 'github', values: { token: 'ghp_1', base_url: 'https://git.corp.example/api/v3' } },
};
const repo = { credential: 'gh', owner: 'octo', repo: 'site' };

/** Runs an action against answers, as the reference of GitHub shows them. */
async function run<Config extends TSchema, Output extends TSchema>(
  action: TypedAction<Config, Output>,
  config: Static<Config>,
  ...http: HttpMock[]
) {
  const context = fakeContext({ config, credentials, http });
  const outcome = await runAction(action, context as never).catch((error: unknown) => error);
  return { outcome, requests: context.requests };
}
const bodyOf = (request: { body?: unknown } | undefined) => JSON.parse(String(request?.body));

describe('github.create-issue', () => {
  const created = { id: 1, number: 1347, html_url: 'https://github.com/octo/site/issues/1347' };

  it('opens an issue, in the version of the API that it was written for', async () => {
    const { outcome, requests } = await run(
      createIssue,
      { ...repo, title: 'Bug', labels: ['bug'] },
      { status: 201, json: created },
    );
    expect(outcome).toEqual({ number: 1347, id: 1, url: created.html_url });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'https://api.github.com/repos/octo/site/issues',
      credential: 'gh',
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    });
    expect(bodyOf(requests[0])).toEqual({ title: 'Bug', labels: ['bug'] });
  });

  it('goes to the server that the credential names', async () => {
    const { requests } = await run(
      createIssue,
      { ...repo, credential: 'ghe', title: 'Bug' },
      { status: 201, json: created },
    );
    expect(requests[0]?.url).toBe('https://git.corp.example/api/v3/repos/octo/site/issues');
  });

  it('shows which field GitHub found wrong', async () => {
    const errors = [{ resource: 'Issue', code: 'missing_field', field: 'title' }];
    const json = { message: 'Validation Failed', errors, documentation_url: 'https://docs.github.com/x' };
    const { outcome } = await run(
      createIssue,
      { ...repo, title: 'x' },
      { status: 422, json, headers: { 'x-github-request-id': 'R1' } },
    );
    expect(outcome).toMatchObject({
      name: 'ActionError',
      code: 'provider_refused',
      details: { status: 422, message: 'Validation Failed', errors, request_id: 'R1' },
    });
  });

  const limit = 'API rate limit exceeded for user ID 1.';
  const reset = () => String(Math.floor(Date.now() / 1000) + 120);
  it.each([
    ['a missing right', 403, {}, 'Resource not accessible by personal access token', 'ActionError', undefined],
    ['a wrong token', 401, {}, 'Bad credentials', 'ActionError', undefined],
    [
      'a primary limit',
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset() },
      limit,
      'RetryableError',
      110_000,
    ],
    ['a limit with a time', 429, { 'retry-after': '30' }, limit, 'RetryableError', 30_000],
    ['a secondary limit', 403, {}, 'You have exceeded a secondary rate limit.', 'RetryableError', 60_000],
    ['an outage', 502, {}, 'Server Error', 'RetryableError', undefined],
  ])('takes %s (%i) for what it is', async (_what, status, headers, message, name, atLeast) => {
    const { outcome } = await run(
      createIssue,
      { ...repo, title: 'x' },
      { status, headers: headers as Record<string, string>, json: { message } },
    );
    expect(outcome).toMatchObject({ name, code: 'provider_refused', details: { status, message } });
    const { afterMs } = outcome as { afterMs?: number };
    if (atLeast === undefined) expect(afterMs).toBeUndefined();
    else expect(afterMs).toBeGreaterThanOrEqual(atLeast);
  });
});

describe('github.comment-issue', () => {
  it('comments', async () => {
    const json = { id: 9, html_url: 'https://github.com/octo/site/issues/7#issuecomment-9' };
    const { outcome, requests } = await run(commentIssue, { ...repo, number: 7, body: 'Done' }, { status: 201, json });
    expect(outcome).toEqual({ id: 9, url: json.html_url });
    expect(requests[0]).toMatchObject({ url: 'https://api.github.com/repos/octo/site/issues/7/comments' });
  });
});

describe('github.dispatch-workflow', () => {
  const config = { ...repo, workflow: 'deploy.yml', ref: 'main', inputs: { dry: true, n: 3 } };

  it('starts a workflow, with its inputs as text', async () => {
    const { outcome, requests } = await run(dispatchWorkflow, config, { status: 204 });
    expect(outcome).toEqual({ run_id: null });
    expect(requests[0]?.url).toBe('https://api.github.com/repos/octo/site/actions/workflows/deploy.yml/dispatches');
    expect(bodyOf(requests[0])).toEqual({ ref: 'main', inputs: { dry: 'true', n: '3' } });
  });

  it('gives the id of the run where the server tells it', async () => {
    expect((await run(dispatchWorkflow, config, { json: { workflow_run_id: 5 } })).outcome).toEqual({ run_id: 5 });
  });
});

describe('github.create-or-update-file', () => {
  const config = { ...repo, path: 'docs/a b#.md', message: 'Write', content: 'hello\n', branch: 'x/y' };
  const address = 'https://api.github.com/repos/octo/site/contents/docs/a%20b%23.md';
  const written = { content: { sha: 'b'.repeat(40) }, commit: { sha: 'c'.repeat(40) } };

  it('creates a file that is not there', async () => {
    const { outcome, requests } = await run(
      writeFile,
      config,
      { status: 404, json: { message: 'Not Found' } },
      { status: 201, json: written },
    );
    expect(outcome).toEqual({ changed: true, sha: written.content.sha, commit: written.commit.sha });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${address}?ref=x%2Fy`,
      `PUT ${address}`,
    ]);
    expect(bodyOf(requests[1])).toEqual({ message: 'Write', content: 'aGVsbG8K', branch: 'x/y' });
  });

  it('replaces the one that is there, and leaves alone what is already right', async () => {
    const there = { json: { type: 'file', sha: 'a'.repeat(40) } };
    const { requests } = await run(writeFile, config, there, { json: written });
    expect(bodyOf(requests[1])).toMatchObject({ sha: 'a'.repeat(40) });
    // `echo hello | git hash-object --stdin`
    const same = { json: { type: 'file', sha: 'ce013625030ba8dba906f756967f9e9ca394464a' } };
    const again = await run(writeFile, config, same);
    expect(again.outcome).toEqual({ changed: false, sha: same.json.sha, commit: null });
    expect(again.requests).toHaveLength(1);
  });

  it('does not replace another version than the one it is told to', async () => {
    const sha = createHash('sha1').update('seen').digest('hex');
    const conflict = { status: 409, json: { message: 'docs/a b#.md does not match' } };
    const { outcome, requests } = await run(writeFile, { ...config, sha }, { json: { sha: 'a'.repeat(40) } }, conflict);
    expect(bodyOf(requests[1])).toMatchObject({ sha });
    expect(outcome).toMatchObject({ name: 'ActionError', details: { status: 409 } });
  });

  it.each(['../../../user', 'a/../b', 'a//b', './a'])('refuses the path %s', async (path) => {
    const { outcome, requests } = await run(writeFile, { ...config, path });
    expect(outcome).toMatchObject({ code: 'config_invalid', details: { pointer: '/path' } });
    expect(requests).toEqual([]);
  });
});

describe('github.get', () => {
  it('reads a page, and says which is the next', async () => {
    const link =
      '<https://api.github.com/repositories/1/pulls?state=open&page=3>; rel="next", <https://api.github.com/x?page=9>; rel="last"';
    const config = { credential: 'gh', path: '/repos/octo/site/pulls', query: { state: 'open', page: 2 } };
    const { outcome, requests } = await run(get, config, { json: [{ number: 1 }], headers: { link } });
    expect(outcome).toEqual({ body: [{ number: 1 }], next_page: 3 });
    expect(requests[0]?.url).toBe('https://api.github.com/repos/octo/site/pulls?state=open&page=2');
    expect((await run(get, config, { json: [] })).outcome).toEqual({ body: [], next_page: null });
  });

  it.each(['//evil.example/x', '/repos/../user', '/a/./b'])('does not leave the API by %s', async (path) => {
    const { outcome, requests } = await run(get, { credential: 'gh', path });
    expect(outcome).toMatchObject({ code: 'config_invalid' });
    expect(requests).toEqual([]);
  });
});
