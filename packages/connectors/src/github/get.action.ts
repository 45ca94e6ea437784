/** Reads anything of the REST API of GitHub. */
import { configInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { account, callGitHub, encodedPath, errors } from './github-api.ts';

export default defineAction({
  type: 'github.get',
  title: 'Read from GitHub',
  description: 'Asks for any path of the REST API of GitHub, such as `/repos/octo/site/pulls`, one page at a time.',
  category: 'services',
  icon: 'github',
  version: 1,
  config: Type.Object(
    {
      credential: account,
      path: Type.String({
        pattern: '^/[^?#]+$',
        maxLength: 1_024,
        description: 'From the root of the API, not encoded.',
      }),
      query: Type.Optional(
        Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
          maxProperties: 50,
          description: 'Such as `{ "state": "open", "per_page": 100, "page": 2 }`.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    body: Type.Unknown({ description: 'As the reference of GitHub says.' }),
    next_page: Type.Union([Type.Integer(), Type.Null()], {
      description: 'What `page` is for the next page; null on the last, and for lists without numbered pages.',
    }),
  }),
  errors,
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { path, query = {} } = context.config;
    if (path.startsWith('//')) throw configInvalid('/path', 'begins with one `/`');
    const params = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const search = params.size === 0 ? '' : `?${params}`;
    const answer = await callGitHub(context, { method: 'GET', path: `/${encodedPath(path, '/path')}${search}` });
    return { body: answer.body, next_page: nextPage(String(answer.headers['link'] ?? '')) };
  },
});

function nextPage(link: string): number | null {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link)?.[1];
  const page = next === undefined ? null : URL.parse(next)?.searchParams.get('page');
  return page === null || page === undefined || !/^\d+$/.test(page) ? null : Number(page);
}
