/** Publishes what has changed in a folder of workflows, under versions that say what they hold. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { canonicalJson } from '@cloudflow/core/definition/canonical.ts';
import { isJsonObject, type JsonObject } from '@cloudflow/core/json.ts';
import type { Client } from '@cloudflow/sdk/client/index.ts';
import { calledFirst } from '../../definition/called-first.ts';
import { type DefinitionFile, findDefinitionFiles, readDefinitionFile } from '../../definition/definition-file.ts';
import { checkAll } from '../../definition/publish-definitions.ts';
import { failureText } from '../../failure/report.ts';
import { toFailure } from '../../failure/to-failure.ts';
import type { Context } from '../../program/context.ts';
import { clientOf } from '../../server/client.ts';

/** Each call publishes what differs from the call before. A file that is wrong is told of, and leaves the others alone. */
export function createPublisher(context: Context, folder: string): () => Promise<void> {
  const client = clientOf(context);
  const published = new Map<string, string>();
  return async () => {
    if (!existsSync(folder)) return;
    const files: DefinitionFile[] = [];
    for (const path of await findDefinitionFiles([folder], context.world)) {
      await telling(context, async () => {
        files.push(await readDefinitionFile(path, context.world));
      });
    }
    for (const file of calledFirst(files)) {
      const digest = digestOf(file);
      if (published.get(file.name) === digest) continue;
      // Told once, and again after the next change.
      published.set(file.name, digest);
      await telling(context, () => publishAs(context, client, { file, digest }));
    }
  };
}

/** What fails is told, and leaves the others alone. */
async function telling(context: Context, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (context.signal.aborted) throw error;
    const failure = toFailure(error, context.settings.url.value);
    context.world.stderr.write(`${failureText(failure, context.messages.paint)}\n`);
  }
}

type Changed = { readonly file: DefinitionFile; readonly digest: string };

async function publishAs(context: Context, client: Client, { file, digest }: Changed): Promise<void> {
  await checkAll(context, [file]);
  const document = file.document as JsonObject;
  const version = `${document['version']}-dev.${digest}`;
  const { workflow_id } = await client.workflows.create({ ...document, version });
  // A change that is taken back is a version that was published before: it becomes the current one again.
  const { version: current } = await client.workflows.get(workflow_id);
  if (current !== version) await client.workflows.rollback(workflow_id, { version, reason: 'cloudflow dev' });
  context.messages.say(`${file.name}: published ${workflow_id}@${version}.`);
}

function digestOf({ document }: DefinitionFile): string {
  const text = isJsonObject(document) ? canonicalJson(document) : '';
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
