/** `cloudflow workflow export` */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { WorkflowDocument } from '@cloudflow/core/definition/document.ts';
import { toCode } from '@cloudflow/sdk/builder/index.ts';
import type { Workflow } from '@cloudflow/sdk/client/index.ts';
import { definitionText } from '../../definition/definition-text.ts';
import { Failure, usageFailure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { any, choiceOption, flag, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName } from '../../server/names.ts';
import { readWorkflow } from '../../server/read-workflow.ts';

const forms = ['yaml', 'json', 'typescript'] as const;
const endings: Readonly<Record<Form, string>> = { yaml: 'yaml', json: 'json', typescript: 'ts' };
type Form = (typeof forms)[number];

export const exportCommand = command({
  name: 'export',
  summary: 'Write definitions as they are published',
  description:
    'To stdout: one document, or several one after the other as `cloudflow workflow import` takes them. Or each to a file of a folder.',
  arguments: { workflow: any('Names, or name@version.') },
  options: {
    all: flag('All workflows that have a published version.'),
    as: choiceOption(forms, '`yaml` when absent; with -o json it is `json`.'),
    dir: textOption('<folder>', 'Write each to a file there, named after the workflow.'),
    force: flag('Overwrite files that are there.'),
  },
  examples: [
    { line: 'cloudflow workflow export order > order.yaml', text: 'the current version' },
    {
      line: 'cloudflow workflow export order --as typescript > order.ts',
      text: 'as code that makes the same definition',
    },
    { line: 'cloudflow workflow export --all --dir backup', text: 'everything, a file for each' },
  ],
  async run({ context, args, options }) {
    const found = await readAll(context, args.workflow, options.all === true);
    const form = options.as ?? (/^jsonl?$/.test(context.output.form) ? 'json' : 'yaml');
    if (options.dir !== undefined)
      await writeAll(context, found, { form, dir: options.dir, force: options.force === true });
    else if (form === 'typescript' && found.length > 1)
      throw usageFailure('Several workflows are several files of TypeScript.', 'Say where with --dir.');
    else if (form === 'typescript') context.output.text(textOf(found[0] as Workflow, form));
    else if (form === 'yaml') context.output.text(found.map((each) => textOf(each, form)).join('---\n'));
    else
      context.output.text(
        found.length === 1
          ? textOf(found[0] as Workflow, form)
          : found.map((each) => JSON.stringify(each.definition)).join('\n'),
      );
    return undefined;
  },
});

async function readAll(context: Context, names: readonly string[], all: boolean): Promise<readonly Workflow[]> {
  if (all === names.length > 0) throw usageFailure('Name the workflows, or say --all.');
  const client = clientOf(context);
  const found: Workflow[] = [];
  if (!all) for (const name of names) found.push(await readWorkflow(client, parseWorkflowName(name)));
  else
    for await (const { workflow_id, version } of client.workflows.list({ limit: 200 }))
      if (version !== null) found.push(await client.workflows.get(workflow_id));
  const draft = found.find(({ definition }) => definition === null);
  if (draft === undefined) return found;
  throw new Failure(`${draft.workflow_id} has no published version yet.`, { ending: 'not_found', code: 'not_found' });
}

function textOf({ definition }: Workflow, form: Form): string {
  return form === 'typescript' ? toCode(definition as unknown as WorkflowDocument) : definitionText(definition, form);
}

type Target = { readonly form: Form; readonly dir: string; readonly force: boolean };

async function writeAll(
  { world, output, messages }: Context,
  found: readonly Workflow[],
  { form, dir, force }: Target,
): Promise<void> {
  const folder = resolve(world.cwd, dir);
  await mkdir(folder, { recursive: true });
  for (const workflow of found) {
    const path = join(folder, `${workflow.workflow_id}.${endings[form]}`);
    await writeFile(path, textOf(workflow, form), { flag: force ? 'w' : 'wx' }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        throw new Failure(`${path} is there already.`, {
          ending: 'conflict',
          code: 'conflict',
          remedy: 'Overwrite it with --force, or choose another folder.',
        });
      },
    );
    output.event({ workflow_id: workflow.workflow_id, version: workflow.version, file: path }, path);
  }
  messages.say(`${found.length} written.`);
}
