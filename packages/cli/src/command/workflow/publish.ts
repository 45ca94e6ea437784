/** `cloudflow workflow publish` */
import { isJsonObject } from '@cloudflow/core/json.ts';
import { ApiError, type Client, type PublishedWorkflow } from '@cloudflow/sdk/client/index.ts';
import { createChecker } from '../../definition/check-definition.ts';
import {
  type DefinitionFile,
  findDefinitionFiles,
  readDefinition,
  readDefinitionFile,
} from '../../definition/definition-file.ts';
import { issueText } from '../../definition/issue-text.ts';
import type { Ending } from '../../failure/exit-codes.ts';
import { Failure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { flag, several, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';

export const publishCommand = command({
  name: 'publish',
  summary: 'Publish definitions: each becomes the version that new runs take',
  description:
    'Published again unchanged it is the same version; a changed definition needs another `version`. All files are checked ' +
    'before the first is published.',
  arguments: { files: several('Files, folders, or - for stdin.') },
  options: {
    ifMatch: textOption('<etag>', 'Only when the current version is still the one with this ETag; for a single file.'),
    dryRun: flag('Only check them.'),
  },
  examples: [
    { line: 'cloudflow workflow publish workflows/', text: 'all of a folder' },
    { line: 'cloudflow workflow publish order.yaml --dry-run', text: 'whether it could be published' },
  ],
  async run({ context, args, options: { ifMatch, dryRun } }) {
    const client = clientOf(context);
    const files = await readFiles(args.files, context);
    const ending = await checkAll(context, files);
    if (ending !== 'ok' || dryRun === true) {
      if (dryRun === true) context.messages.say('Nothing was published.');
      return ending;
    }
    const made: PublishedWorkflow[] = [];
    for (const file of files) made.push(await publishFile(client, file, ifMatch));
    context.output.list(made, [
      { title: 'workflow', value: ({ workflow_id }) => workflow_id },
      { title: 'version', value: ({ version }) => version },
      { title: 'status', value: ({ status }) => status },
      { title: 'etag', value: ({ etag }) => etag },
    ]);
    return undefined;
  },
});

async function readFiles(given: readonly string[], { world }: Context): Promise<readonly DefinitionFile[]> {
  if (given.length === 1 && given[0] === '-') return [await readDefinition('-', world)];
  const paths = await findDefinitionFiles(given, world);
  return Promise.all(paths.map((path) => readDefinitionFile(path, world)));
}

/** Says everything that is wrong with any of them. */
async function checkAll(context: Context, files: readonly DefinitionFile[]): Promise<Ending> {
  const { messages, output } = context;
  const check = createChecker(context, { local: false });
  let valid = true;
  for (const file of files) {
    const { errors, warnings } = await check(file.document);
    valid &&= errors.length === 0;
    const lines = [
      ...errors.map((each) => issueText(file, 'error', each, messages.paint)),
      ...warnings.map((each) => issueText(file, 'warning', each, messages.paint)),
    ];
    if (errors.length > 0 && !output.isForPeople) {
      throw new Failure(`${file.name} cannot be published.`, {
        ending: 'validation',
        code: 'invalid_definition',
        places: errors,
      });
    }
    for (const line of lines) context.world.stderr.write(`${line}\n`);
  }
  return valid ? 'ok' : 'validation';
}

export async function publishFile(client: Client, file: DefinitionFile, ifMatch?: string): Promise<PublishedWorkflow> {
  const { document, name } = file;
  if (!isJsonObject(document))
    throw new Failure(`${name} holds no workflow.`, { ending: 'validation', code: 'invalid_definition' });
  try {
    return ifMatch === undefined
      ? await client.workflows.create(document)
      : await client.workflows.update(String(document['workflow_id']), document, { ifMatch });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'version_exists') throw error;
    throw new Failure(
      `${name}: version ${document['version']} of ${document['workflow_id']} is published with another content.`,
      {
        ending: 'conflict',
        code: error.code,
        remedy: `Raise \`version\` in ${name}: a published version never changes. \`cloudflow workflow diff ${name}\` shows what is different.`,
        correlationId: error.correlationId,
        cause: error,
      },
    );
  }
}
