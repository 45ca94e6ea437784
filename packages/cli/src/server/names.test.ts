import { createClient } from '@cloudflow/sdk/client/index.ts';
import { expect, it } from 'vitest';
import { findRun, parseWorkflowName, withWorkflow } from './names.ts';

const ids = ['019ab3f2-0000-7000-8000-000000000001', '019ab3f2-1111-7000-8000-000000000002'];

/** The client against a server that has two runs and one workflow. */
function client(found: readonly string[] = ids) {
  const json = (status: number, body: unknown) =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  const answer = async (input: Request | URL | string) => {
    const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input);
    const begins = found.filter((id) => id.startsWith(searchParams.get('q') ?? ''));
    if (pathname.endsWith('/executions')) return json(200, { data: begins.map((id) => ({ id })), next_cursor: null });
    if (pathname.endsWith('/workflows')) return json(200, { data: [{ workflow_id: 'order' }], next_cursor: null });
    if (pathname.endsWith('/versions')) return json(200, { data: [{ version: '1.0.0' }], next_cursor: null });
    return json(404, { code: 'not_found', title: 'Not found', detail: 'There is none.', status: 404, errors: [] });
  };
  return createClient({ url: 'http://server.test', apiKey: 'k', fetch: answer as typeof fetch });
}

it('a workflow is named by its name, or by name@version', () => {
  expect(parseWorkflowName('order')).toEqual({ name: 'order', version: undefined });
  expect(parseWorkflowName('order@1.2.0-rc.1+b')).toEqual({ name: 'order', version: '1.2.0-rc.1+b' });
  for (const wrong of ['', '@1', 'a b', 'a@', 'a@1@2', '../x', 'a\u001b[2J'])
    expect(() => parseWorkflowName(wrong)).toThrow('no name of a workflow');
});

it('a run is named by its id, or by a beginning that only it has', async () => {
  expect(await findRun(client(), (ids[0] ?? '').toUpperCase())).toBe(ids[0]);
  expect(await findRun(client(), '019AB3F2-1')).toBe(ids[1]);
  await expect(findRun(client(), '019ab3f2')).rejects.toThrow('2 runs begin with 019ab3f2');
  await expect(findRun(client(), '019ab3f3')).rejects.toMatchObject({ options: { ending: 'not_found' } });
  for (const wrong of ['019ab3f', 'order', '019ab3f2/..'])
    await expect(findRun(client(), wrong)).rejects.toThrow('no id of a run');
});

it('a workflow or version that is not there is told with what is', async () => {
  const missing = (given: string) => {
    const named = parseWorkflowName(given);
    return withWorkflow(client(), named, () => client().workflows.get(named.name));
  };
  await expect(missing('oder')).rejects.toMatchObject({
    options: { ending: 'not_found', remedy: 'Did you mean order?' },
  });
  await expect(missing('order@9')).rejects.toMatchObject({ options: { remedy: 'There are the versions 1.0.0.' } });
});
