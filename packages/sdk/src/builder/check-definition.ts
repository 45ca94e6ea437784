/** The checks of saving, as far as they need no server. */
import { compile } from '@cloudflow/core/definition/compile.ts';
import type { WorkflowDocument } from '@cloudflow/core/definition/document.ts';
import type { ActionCatalog, ActionShape, DefinitionIssue } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { Action } from '../action.ts';

/** What is wrong with a definition, each with a pointer into the document. */
export class InvalidDefinitionError extends Error {
  override readonly name = 'InvalidDefinitionError';
  readonly issues: readonly DefinitionIssue[];

  constructor(issues: readonly DefinitionIssue[]) {
    super(['the workflow is not valid:', ...issues.map(lineOf)].join('\n  '));
    this.issues = issues;
  }
}

export function checkDefinition(document: Json, actions: readonly Action[]): WorkflowDocument {
  const result = compile(document, catalogOf(actions));
  if ('errors' in result) throw new InvalidDefinitionError(result.errors);
  return document as unknown as WorkflowDocument;
}

function lineOf({ pointer, message, code }: DefinitionIssue): string {
  return `${pointer || 'the document'}: ${message} (${code})`;
}

/** Every type is known: of those whose declaration is at hand the config is checked, of the others when it is saved. */
function catalogOf(actions: readonly Action[]): ActionCatalog {
  const known = new Map(actions.map((action) => [action.type, shapeOf(action)]));
  return { find: (type) => known.get(type) ?? anyAction(type), types: () => [...known.keys()] };
}

function shapeOf({ type, config, defaultTimeoutMs }: Action): ActionShape {
  return { type, defaultTimeoutMs, configSchema: JSON.parse(JSON.stringify(config)) as Json };
}

function anyAction(type: string): ActionShape {
  return { type, defaultTimeoutMs: 30_000, configSchema: true };
}
