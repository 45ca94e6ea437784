/** `cloudflow workflow import` */
import { isJsonObject } from '@cloudflow/core/json.ts';
import { ApiError, type PublishedWorkflow } from '@cloudflow/sdk/client/index.ts';
import { calledFirst } from '../../definition/called-first.ts';
import { readDefinitionStreams } from '../../definition/definition-stream.ts';
import { checkAll, printPublished, publishDefinition } from '../../definition/publish-definitions.ts';
import { Failure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import { flag, several } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';

export const importCommand = command({
  name: 'import',
  summary: 'Publish all definitions of an export',
  description:
    'A file may hold several: documents of YAML one after the other, a list of JSON, or one JSON to a line. All are checked ' +
    'before the first is published; those that are there already, unchanged, stay as they are.',
  arguments: { files: several('Files, folders, or - for stdin.') },
  options: {
    skipExisting: flag('Pass over versions that are there with another content, instead of stopping at the first.'),
    dryRun: flag('Only check them.'),
  },
  examples: [
    { line: 'cloudflow workflow import backup/', text: 'what `export --all --dir backup` wrote' },
    {
      line: 'cloudflow workflow export --all --profile staging | cloudflow workflow import - --profile production',
      text: 'from one server to another',
    },
  ],
  async run({ context, args, options: { skipExisting, dryRun } }) {
    const client = clientOf(context);
    const files = calledFirst(await readDefinitionStreams(args.files, context.world));
    await checkAll(context, files);
    if (dryRun === true) {
      context.messages.say(`${files.length} could be published. Nothing was.`);
      return undefined;
    }
    const made: PublishedWorkflow[] = [];
    for (const file of files) {
      try {
        made.push(await publishDefinition(client, file));
      } catch (error) {
        const isThere =
          error instanceof Failure && error.cause instanceof ApiError && error.cause.code === 'version_exists';
        if (!isThere || skipExisting !== true) throw error;
        const { document } = file;
        context.messages.warn(
          `${isJsonObject(document) ? `${document['workflow_id']}@${document['version']}` : file.name} is there with another content.`,
        );
      }
    }
    printPublished(context.output, made);
    return undefined;
  },
});
