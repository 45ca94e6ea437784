/** Writes a file to a repository of GitHub, as a commit of its own. */
import { createHash } from 'node:crypto';
import { type ActionContext, configInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type, { type Static } from 'typebox';
import { callGitHub, encodedPath, errors, objectOf, repository } from './github-api.ts';

const config = Type.Object(
  {
    ...repository,
    path: Type.String({ minLength: 1, maxLength: 1_024, description: 'Of the file, from the root of the repository.' }),
    message: Type.String({ minLength: 1, maxLength: 65_536, description: 'Of the commit.' }),
    content: Type.Optional(
      Type.String({ maxLength: 700_000, description: 'The whole file, as text. It or `content_base64` is required.' }),
    ),
    content_base64: Type.Optional(
      Type.String({
        maxLength: 1_000_000,
        pattern: '^[A-Za-z0-9+/]*={0,2}$',
        description: 'The whole file, in base64.',
      }),
    ),
    branch: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'Default: the default branch of the repository.' }),
    ),
    sha: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{40}([0-9a-f]{24})?$',
        description:
          'Of the file that is replaced: refused (409) when it has changed since. Default: whatever is there.',
      }),
    ),
  },
  { additionalProperties: false },
);

export default defineAction({
  type: 'github.create-or-update-file',
  title: 'Write a file on GitHub',
  description:
    'Creates or replaces a file with one commit. A file that is already as it is to be is left alone, so that a repeat makes no ' +
    'second commit.',
  category: 'services',
  icon: 'github',
  version: 1,
  config,
  output: Type.Object({
    changed: Type.Boolean({ description: 'False when the file was already as it is to be.' }),
    sha: Type.String({ description: 'Of the file, for the next change.' }),
    commit: Type.Union([Type.String(), Type.Null()], { description: 'Of the commit; null when there was none.' }),
  }),
  errors,
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { owner, repo, message, branch } = context.config;
    const path = `/repos/${owner}/${repo}/contents/${encodedPath(context.config.path, '/path')}`;
    const content = contentOf(context.config);
    const there = await shaThere(context, path);
    if (there !== undefined && there === blobSha(content)) return { changed: false, sha: there, commit: null };
    const sha = context.config.sha ?? there;
    const body = { message, content: content.toString('base64'), branch, sha };
    const written = objectOf(await callGitHub(context, { method: 'PUT', path, body }));
    const [file, commit] = [written['content'], written['commit']] as { readonly sha?: string }[];
    return { changed: true, sha: String(file?.sha), commit: String(commit?.sha) };
  },
});

function contentOf({ content, content_base64 }: Static<typeof config>): Buffer {
  if ((content === undefined) === (content_base64 === undefined))
    throw configInvalid('/content', 'is required, or `content_base64`, and not both');
  return content === undefined ? Buffer.from(content_base64 ?? '', 'base64') : Buffer.from(content);
}

/** Undefined when there is no such file yet. */
async function shaThere(context: ActionContext<Static<typeof config>>, path: string): Promise<string | undefined> {
  const { branch } = context.config;
  const query = branch === undefined ? '' : `?ref=${encodeURIComponent(branch)}`;
  const answer = await callGitHub(context, { method: 'GET', path: path + query }, [404]);
  if (answer.status === 404) return undefined;
  const { sha } = objectOf(answer);
  if (typeof sha !== 'string') throw configInvalid('/path', 'is a folder');
  return sha;
}

/** As git names a file; of a repository with SHA-256 it is never equal, and the file is written. */
function blobSha(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
