/** `cloudflow workflow publish` */
import type { PublishedWorkflow } from '@cloudflow/sdk/client/index.ts';
import { calledFirst } from '../../definition/called-first.ts';
import { type DefinitionFile, readDefinitionFiles } from '../../definition/definition-file.ts';
import { checkAll, printPublished, publishDefinition } from '../../definition/publish-definitions.ts';
import { usageFailure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import { flag, several, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';

export const publishCommand = command({
  name: 'publish',
  summary: 'Publish definitions: each becomes the version that new runs take',
  description:
    'Published again unchanged it is the same version; a changed definition needs another `version`. All files are checked ' +
    'before the first is published; those that others call come first.',
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
    const files: readonly DefinitionFile[] = calledFirst(await readDefinitionFiles(args.files, context.world));
    if (ifMatch !== undefined && files.length > 1) throw usageFailure('--if-match is for a single file.');
    await checkAll(context, files);
    if (dryRun === true) {
      context.messages.say(`${files.length} could be published. Nothing was.`);
      return undefined;
    }
    const made: PublishedWorkflow[] = [];
    for (const file of files) made.push(await publishDefinition(client, file, ifMatch));
    printPublished(context.output, made);
    return undefined;
  },
});
