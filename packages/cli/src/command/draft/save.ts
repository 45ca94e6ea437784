/** `cloudflow draft save` */
import { isJsonObject } from '@cloudflow/core/json.ts';
import { readDefinition } from '../../definition/definition-file.ts';
import { issueText } from '../../definition/issue-text.ts';
import { Failure, usageFailure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import { flag, required, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName } from '../../server/names.ts';

export const saveCommand = command({
  name: 'save',
  summary: 'Save a definition as the draft of its workflow, right or wrong',
  description:
    'Where there is no workflow of the name it is made, as a draft. What is wrong with it is told, and it is saved all the same: ' +
    '`cloudflow draft publish` is where it has to be right.',
  arguments: { file: required('A file of JSON, YAML or TypeScript, or - for stdin.') },
  options: {
    ifMatch: textOption('<etag>', 'Only when the draft is still the one with this ETag.'),
    create: flag('Only when there is no workflow of this name yet.'),
  },
  examples: [
    { line: 'cloudflow draft save order.yaml', text: 'over what is there' },
    {
      line: 'cloudflow draft save order.yaml --if-match "$(cloudflow draft get order -o json | jq -r .etag)"',
      text: 'only over what you have seen',
    },
  ],
  async run({ context, args, options: { ifMatch, create } }) {
    if (ifMatch !== undefined && create === true) throw usageFailure('--if-match and --create exclude each other.');
    const { output, messages, world } = context;
    const file = await readDefinition(args.file, world);
    const { document } = file;
    const name = isJsonObject(document) ? document['workflow_id'] : undefined;
    if (!isJsonObject(document) || typeof name !== 'string')
      throw new Failure(`${file.name} has no \`workflow_id\`, so that it cannot be said whose draft it is.`, {
        ending: 'validation',
        code: 'invalid_definition',
      });
    const saved = await clientOf(context).workflows.saveDraft(parseWorkflowName(name).name, document, {
      ...(ifMatch !== undefined && { ifMatch }),
      ...(create === true && { headers: { 'if-none-match': '*' } }),
    });
    if (output.isForPeople) {
      for (const each of saved.errors) world.stderr.write(`${issueText(file, 'error', each, messages.paint)}\n`);
      for (const each of saved.warnings) world.stderr.write(`${issueText(file, 'warning', each, messages.paint)}\n`);
    }
    output.item(saved, [
      ['workflow', saved.workflow_id],
      ['revision', saved.revision],
      ['valid', saved.valid ? 'yes' : 'no'],
      ['etag', saved.etag],
    ]);
    return undefined;
  },
});
