/** `compile`: a workflow document to a plan, or to everything that is wrong with it. Pure; never throws. */
import { isJsonObject, type Json } from '../json.ts';
import { warnOfBusyLoops } from './busy-loops.ts';
import { compileStep } from './compile-step.ts';
import { credentialsOf } from './credential-names.ts';
import type { WorkflowDocument } from './document.ts';
import { compileConcurrency } from './exclusion.ts';
import { drawGraph } from './graph.ts';
import { holdsExpression } from './holds-expression.ts';
import { type CheckInput, compileInputSchema } from './input-schema.ts';
import { createIssues, type Issues } from './issues.ts';
import { isDeeperThan, jsonSize } from './json-depth.ts';
import { compileValid } from './json-schema/compile-schema.ts';
import { layOut } from './layout.ts';
import type { ActionCatalog, CompileResult, Plan } from './plan.ts';
import { pointerTo } from './pointer.ts';
import { operationsOf } from './registered-operation.ts';
import { checkRetry } from './retry-policy.ts';
import { workflowSchema } from './schema/workflow-schema.ts';
import { spreadSensitive } from './sensitive.ts';
import { checkSoundness } from './soundness/soundness.ts';
import { createSources } from './sources.ts';
import { readTimeout } from './timeout.ts';
import { findWriters, refuseRacesOfItems, variableNames, warnOfRaces } from './variables.ts';
import { viewOfEnd } from './view.ts';
import type { Workshop } from './workshop.ts';

/** Of the compact JSON text, in UTF-8. */
export const mostBytes = 1_048_576;
/** Enough for 32 blocks inside one another, with values inside; so little that recursion is safe everywhere below. */
const deepestJson = 256;

const structure = compileValid(workflowSchema);

/** Of a document that is to be saved: all that saving checks. */
export function compile(document: Json, actions: ActionCatalog): CompileResult {
  return compileWith(document, actions, checkSoundness);
}

/**
 * Of a definition that was saved before: it runs as it always has, also when saving has learned since then to see that a step
 * of it can never run.
 */
export function compileStored(document: Json, actions: ActionCatalog): CompileResult {
  return compileWith(document, actions, () => undefined);
}

function compileWith(document: Json, actions: ActionCatalog, check: typeof checkSoundness): CompileResult {
  const issues = createIssues();
  checkStructure(document, issues);
  if (issues.errors.length > 0) return { errors: issues.errors, warnings: issues.warnings };
  const { plan, reads } = compileChecked(document as unknown as WorkflowDocument, actions, issues);
  if (issues.errors.length === 0) check(plan, reads, issues);
  const { errors, warnings } = issues;
  return errors.length > 0 ? { errors, warnings } : { plan, warnings };
}

function checkStructure(document: Json, issues: Issues): void {
  if (!isJsonObject(document)) {
    issues.error({
      code: 'wrong_type',
      pointer: '',
      message: 'a workflow is a JSON object with `workflow_id`, `version` and `steps`',
    });
  } else if (isDeeperThan(document, deepestJson)) {
    issues.error({
      code: 'nested_too_deep',
      pointer: '',
      message: `the document is nested deeper than ${deepestJson} levels of JSON; split it into sub-workflows`,
    });
  } else if (jsonSize(document, mostBytes) > mostBytes) {
    issues.error({
      code: 'document_too_large',
      pointer: '',
      message: 'a workflow may have 1 MB; split it into sub-workflows, and keep large data elsewhere',
    });
  } else {
    for (const problem of structure.check(document)) issues.error(problem);
  }
}

/** The structure is known to be right: what is left is what a schema cannot say. */
function compileChecked(document: WorkflowDocument, actions: ActionCatalog, issues: Issues) {
  const layout = layOut(document, actions, issues);
  const graph = drawGraph(layout, issues);
  const checkInput = compileInputSchema(document.input_schema, issues);
  const writers = findWriters(layout);
  const world = {
    layout,
    graph,
    variables: variableNames(document, writers),
    inputSchema: document.input_schema,
    suggest: issues.suggest,
  };
  const stepTimeoutMs = readTimeout(document.step_timeout, '/step_timeout', issues);
  const workshop: Workshop = { document, layout, graph, sources: createSources(world, issues), issues, stepTimeoutMs };
  checkRetry(document.retry, '/retry', issues);
  warnOfVariableTemplates(document, issues);
  refuseRacesOfItems(writers, workshop);
  warnOfRaces(writers, workshop);
  warnOfBusyLoops(layout, issues);
  return { plan: assemble(workshop, checkInput), reads: workshop.sources.reads };
}

function assemble(workshop: Workshop, checkInput: CheckInput): Plan {
  const { document, layout, sources, issues } = workshop;
  const compiled = layout.steps.map((step) => compileStep(step, workshop));
  const blocks = layout.blocks.map(({ index, name, kind, owner, steps }) => ({ index, name, kind, owner, steps }));
  const output = document.output === undefined ? null : sources.template('/output', document.output, viewOfEnd);
  const { steps, hidesOutput } = spreadSensitive({ steps: compiled, blocks, stepIndex: layout.byId, output }, issues);
  return {
    workflowId: document.workflow_id,
    version: document.version,
    steps,
    blocks,
    stepIndex: layout.byId,
    variables: document.variables ?? {},
    output,
    hasSensitive: steps.some(({ sensitive }) => sensitive),
    hidesOutput,
    timeoutMs: readTimeout(document.timeout, '/timeout', issues),
    onFailure: layout.onFailure,
    onCancel: layout.onCancel,
    hasTimedMilestones: steps.some(({ milestone }) => milestone !== null && milestone.reads === null),
    credentials: credentialsOf(layout.steps, steps),
    operations: operationsOf(steps),
    priority: document.priority ?? 3,
    concurrency: compileConcurrency(workshop),
    checkInput,
  };
}

function warnOfVariableTemplates({ variables = {} }: WorkflowDocument, issues: Issues): void {
  for (const [name, value] of Object.entries(variables)) {
    if (typeof value !== 'string' || !holdsExpression(value)) continue;
    issues.warn({
      code: 'not_evaluated',
      pointer: pointerTo('/variables', name),
      message: 'initial values are constants: `${ }` stays as it is; write it with `set_variables` instead',
    });
  }
}
