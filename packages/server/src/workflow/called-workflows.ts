/**
 * The workflows that a definition calls: whether they exist when it is saved. What the compiler cannot know; what has been
 * deleted by the time a step runs fails that step.
 */
import type { DefinitionIssue, Plan } from '@cloudflow/core/definition/plan.ts';
import { closest } from '@cloudflow/core/text/suggest.ts';
import { problem } from '../kernel/errors/problem.ts';
import * as store from './store.ts';

type Call = { readonly workflowId: string; readonly version: string | null; readonly pointer: string };

/** Names among which a slip of the pen is looked for. */
const MOST_NAMES = 1_000;
const MOST_ISSUES = 100;

/** What is wrong with the calls of this plan; the workflow itself, and the version at hand, count as existing. */
export async function checkCalls(
  reader: store.Reader,
  tenantId: string,
  plan: Plan,
): Promise<readonly DefinitionIssue[]> {
  const calls = callsOf(plan).filter((call) => !isItself(plan, call));
  if (calls.length === 0) return [];
  const known = await store.findCalled(reader, tenantId, distinct(calls));
  const bad = calls.filter((call) => !isKnown(call, plan, known)).slice(0, MOST_ISSUES);
  const issues: DefinitionIssue[] = [];
  for (const call of bad) issues.push(await issueOf(reader, tenantId, { call, plan, known }));
  return issues;
}

/** Throws `invalid_definition` when a call leads nowhere. */
export async function mustExist(reader: store.Reader, tenantId: string, plan: Plan): Promise<void> {
  const errors = await checkCalls(reader, tenantId, plan);
  if (errors.length > 0) throw problem('invalid_definition', { detail: String(errors[0]?.message), errors });
}

function callsOf({ steps }: Plan): readonly Call[] {
  return steps.flatMap(({ work, pointer }) =>
    work.kind === 'sub_workflow'
      ? { workflowId: work.workflowId, version: work.version, pointer: `${pointer}/config` }
      : [],
  );
}

function isItself({ workflowId, version }: Plan, call: Call): boolean {
  return call.workflowId === workflowId && (call.version === null || call.version === version);
}

function distinct(calls: readonly Call[]): readonly Call[] {
  return [...new Map(calls.map((call) => [nameOf(call), call])).values()];
}

function nameOf({ workflowId, version }: Pick<Call, 'workflowId' | 'version'>): string {
  return `${workflowId} ${version ?? ''}`;
}

type Known = ReadonlyMap<string, store.CalledRow>;

function isKnown(call: Call, plan: Plan, known: Known): boolean {
  const row = known.get(nameOf(call));
  return (
    row !== undefined &&
    (row.exists || call.workflowId === plan.workflowId) &&
    (call.version === null || row.hasVersion)
  );
}

async function issueOf(
  reader: store.Reader,
  tenantId: string,
  { call, plan, known }: { readonly call: Call; readonly plan: Plan; readonly known: Known },
): Promise<DefinitionIssue> {
  const { workflowId, version, pointer } = call;
  if (known.get(nameOf(call))?.exists === true || workflowId === plan.workflowId) {
    const versions = await store.versionNames(reader, tenantId, { slug: workflowId, limit: MOST_NAMES });
    const message = `there is no version ${version} of \`${workflowId}\``;
    return issue('unknown_version', `${pointer}/version`, { message, meant: closest(String(version), versions) });
  }
  const slugs = await store.slugs(reader, tenantId, MOST_NAMES);
  const meant = closest(workflowId, [...slugs, plan.workflowId]);
  const message = `there is no workflow \`${workflowId}\`; publish it first`;
  return issue('unknown_workflow', `${pointer}/workflow_id`, { message, meant });
}

function issue(
  code: 'unknown_workflow' | 'unknown_version',
  pointer: string,
  { message, meant }: { readonly message: string; readonly meant: string | undefined },
): DefinitionIssue {
  return { code, pointer, message, ...(meant === undefined ? {} : { suggestion: meant }) };
}
