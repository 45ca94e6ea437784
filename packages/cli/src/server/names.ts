/** How workflows and runs are named on the command line, and what was probably meant by a name that nothing bears. */
import { closest } from '@cloudflow/core/text/suggest.ts';
import { ApiError, type Client } from '@cloudflow/sdk/client/index.ts';
import { Failure, usageFailure } from '../failure/failure.ts';

export type WorkflowName = { readonly name: string; readonly version: string | undefined };

/** `name` or `name@1.2.0`. */
export function parseWorkflowName(given: string): WorkflowName {
  const [, name, version] = /^([A-Za-z0-9][A-Za-z0-9_-]{0,127})(?:@([0-9A-Za-z.+-]{1,128}))?$/.exec(given) ?? [];
  if (name === undefined)
    throw usageFailure(`"${given}" is no name of a workflow.`, 'Write it as order-intake or order-intake@1.2.0.');
  return { name, version };
}

/** Does something with a workflow; when it is not there, the failure says which was probably meant. */
export async function withWorkflow<T>(
  client: Client,
  { name, version }: WorkflowName,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not_found') throw error;
    throw new Failure(error.detail, {
      ending: 'not_found',
      code: error.code,
      remedy: await whatWasMeant(client, name, version),
      correlationId: error.correlationId,
      cause: error,
    });
  }
}

async function whatWasMeant(client: Client, name: string, version: string | undefined): Promise<string> {
  const { data } = await client.workflows.list({ limit: 200 }).page();
  const isThere = data.some((each) => each.workflow_id === name);
  if (isThere && version !== undefined) {
    const versions = await client.workflows.versions(name, { limit: 5 }).page();
    return `There are the versions ${versions.data.map((each) => each.version).join(', ')}.`;
  }
  const meant = closest(
    name,
    data.map((each) => each.workflow_id),
  );
  return meant === undefined ? '`cloudflow workflow list` shows which there are.' : `Did you mean ${meant}?`;
}

const wholeId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const beginningOfId = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/i;
const mostShown = 5;

/** The id of a run, from all of it or from a beginning that only one has. */
export async function findRun(client: Client, given: string): Promise<string> {
  if (wholeId.test(given)) return given.toLowerCase();
  if (!beginningOfId.test(given)) {
    throw usageFailure(`"${given}" is no id of a run.`, 'Give it whole, or its first 8 or more characters.');
  }
  const { data } = await client.executions.list({ q: given.toLowerCase(), limit: mostShown }).page();
  // A business key may begin like that, too.
  const found = data.map(({ id }) => id).filter((id) => id.startsWith(given.toLowerCase()));
  const [only, ...more] = found;
  if (only === undefined)
    throw new Failure(`There is no run whose id begins with ${given}.`, { ending: 'not_found', code: 'not_found' });
  if (more.length > 0) {
    throw usageFailure(
      `${found.length === mostShown ? 'Many' : found.length} runs begin with ${given}.`,
      `Give more of it: ${found.join(', ')}.`,
    );
  }
  return only;
}
