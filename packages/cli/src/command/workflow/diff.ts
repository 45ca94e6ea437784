/** `cloudflow workflow diff` */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { diffDefinitions } from '@cloudflow/core/definition/compare/definition-diff.ts';
import type { WorkflowDocument } from '@cloudflow/core/definition/document.ts';
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';
import { isDefinitionFile, readDefinition } from '../../definition/definition-file.ts';
import { diffText } from '../../definition/diff-text.ts';
import { Failure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { flag, optional, required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName } from '../../server/names.ts';
import { readWorkflow } from '../../server/read-workflow.ts';

export const diffCommand = command({
  name: 'diff',
  summary: 'Show what makes one definition differ from another',
  description:
    'Step by step and field by field; the order of fields is no difference. A file alone is compared with what is published ' +
    'under its name. Each of the two is a file, - for stdin, or a workflow as name or name@version; two files need no server.',
  arguments: { before: required('A file or a workflow.'), after: optional('The other one.') },
  options: { check: flag('Exit code 6 when they differ.') },
  examples: [
    { line: 'cloudflow workflow diff order.yaml', text: 'what publishing it would change' },
    { line: 'cloudflow workflow diff order@1.0.0 order@1.1.0', text: 'two versions' },
  ],
  async run({ context, args, options }) {
    const [before, after] = await readBoth(args, context);
    const diff = diffDefinitions(before, after);
    const isSame = diff.fields.length === 0 && diff.steps.length === 0;
    if (!context.output.isForPeople) context.output.item(diff, []);
    else if (!isSame) context.output.painted(diffText(diff, context.output.paint));
    if (isSame) context.messages.say('There is no difference.');
    return options.check === true && !isSame ? 'conflict' : 'ok';
  },
});

type Given = { readonly before: string; readonly after: string | undefined };

async function readBoth(
  { before, after }: Given,
  context: Context,
): Promise<readonly [WorkflowDocument, WorkflowDocument]> {
  if (after !== undefined) return Promise.all([readOne(before, context), readOne(after, context)]);
  const file = await readOne(before, context);
  return [await readOne(file.workflow_id, context, { isName: true }), file];
}

async function readOne(given: string, context: Context, { isName = false } = {}): Promise<WorkflowDocument> {
  const isFile = given === '-' || isDefinitionFile(given) || existsSync(resolve(context.world.cwd, given));
  if (isFile && !isName) return asDocument((await readDefinition(given, context.world)).document, given);
  const { definition } = await readWorkflow(clientOf(context), parseWorkflowName(given));
  return asDocument(definition as Json, given);
}

function asDocument(value: Json, source: string): WorkflowDocument {
  if (isJsonObject(value) && Array.isArray(value['steps'])) return value as unknown as WorkflowDocument;
  throw new Failure(`${source} holds no workflow with steps that could be compared.`, {
    ending: 'validation',
    code: 'invalid_definition',
  });
}
