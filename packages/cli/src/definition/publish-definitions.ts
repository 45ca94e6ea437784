/** Checks definitions, all of them, and then publishes them one by one. */
import { isJsonObject } from '@cloudflow/core/json.ts';
import { ApiError, type Client, type PublishedWorkflow } from '@cloudflow/sdk/client/index.ts';
import { Failure } from '../failure/failure.ts';
import type { Output } from '../output/output.ts';
import type { Context } from '../program/context.ts';
import { comesWith } from './called-first.ts';
import { createChecker } from './check-definition.ts';
import type { DefinitionFile } from './definition-file.ts';
import { issueText } from './issue-text.ts';

/** Says everything that is wrong with any of them; throws when one cannot be published. */
export async function checkAll(
  { messages, output, world, ...context }: Context,
  files: readonly DefinitionFile[],
): Promise<void> {
  const check = createChecker({ messages, output, world, ...context }, { local: false });
  const wrong: string[] = [];
  for (const file of files) {
    const { errors: found, warnings } = await check(file.document);
    const errors = found.filter((each) => !comesWith(files, file, each));
    if (errors.length > 0) wrong.push(file.name);
    if (errors.length > 0 && !output.isForPeople) {
      throw new Failure(`${file.name} cannot be published.`, {
        ending: 'validation',
        code: 'invalid_definition',
        places: errors,
      });
    }
    for (const each of errors) world.stderr.write(`${issueText(file, 'error', each, messages.paint)}\n`);
    for (const each of warnings) world.stderr.write(`${issueText(file, 'warning', each, messages.paint)}\n`);
  }
  if (wrong.length === 0) return;
  throw new Failure(`${wrong.join(', ')} cannot be published, so nothing was.`, {
    ending: 'validation',
    code: 'invalid_definition',
    remedy: 'Correct the places above.',
  });
}

export async function publishDefinition(
  client: Client,
  file: DefinitionFile,
  ifMatch?: string,
): Promise<PublishedWorkflow> {
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
        remedy: `Raise \`version\` in it: a published version never changes. \`cloudflow workflow diff ${name}\` shows what is different.`,
        correlationId: error.correlationId,
        cause: error,
      },
    );
  }
}

export function printPublished(output: Output, made: readonly PublishedWorkflow[]): void {
  output.list(made, [
    { title: 'workflow', value: ({ workflow_id }) => workflow_id },
    { title: 'version', value: ({ version }) => version },
    { title: 'status', value: ({ status }) => status },
    { title: 'etag', value: ({ etag }) => etag },
  ]);
}
