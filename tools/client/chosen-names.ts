/** Names of the client that people chose, where the rules of `method.ts` give one that reads badly. */

/** By operation. */
export const chosenNames: { readonly [operation: string]: string } = {
  'PUT /workflows/{id}': 'workflows.update',
  'PUT /workflows/{id}/draft': 'workflows.saveDraft',
  'GET /workflows/{id}/draft/history/{revision}': 'workflows.draftRevision',
  'PATCH /executions/{id}': 'executions.updateLabels',
  'PATCH /executions/{id}/variables': 'executions.setVariables',
};

/** Of what is answered, by operation and status. What `GET /things/{id}` answers is a `Thing` by rule. */
export const chosenTypes: { readonly [reply: string]: string } = {
  'GET /executions/{id}/steps row': 'Step',
  'GET /executions/{id}/events row': 'JournalEvent',
  'GET /executions/{id}/explain 200': 'Explanation',
  'POST /executions/{id}/cancel 202': 'CommandedExecution',
  'POST /executions/{id}/retry 200': 'RetryPreview',
  'POST /executions/{id}/retry 202': 'StartedExecution',
  'GET /pauses 200': 'Pauses',
  'POST /credentials 201': 'StoredCredential',
  'POST /workflows 201': 'PublishedWorkflow',
  'POST /workflows/validate 200': 'Validation',
  'GET /workflows/{id}/versions row': 'WorkflowVersion',
  'GET /workflows/{id}/draft 200': 'Draft',
  'PUT /workflows/{id}/draft 200': 'SavedDraft',
  'GET /workflows/{id}/draft/history row': 'DraftRevision',
  'POST /expressions/evaluate 200': 'EvaluatedExpression',
  'POST /workflows/{id}/publish 200': 'PublishedDraft',
  'GET /workflows/{id}/publications row': 'Publication',
};
