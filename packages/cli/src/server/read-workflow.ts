/** A workflow as the server has it: its current version, or the one that was named. */
import type { Client, Workflow } from '@cloudflow/sdk/client/index.ts';
import { type WorkflowName, withWorkflow } from './names.ts';

export function readWorkflow(client: Client, named: WorkflowName): Promise<Workflow> {
  const { name, version } = named;
  return withWorkflow(client, named, () =>
    version === undefined ? client.workflows.get(name) : client.workflows.version(name, version),
  );
}
