/** The door for running an execution that has ended again, from where it makes sense. */
import type { Json } from '@cloudflow/core/json.ts';
import Type from 'typebox';
import { callerName } from '../../kernel/http/caller.ts';
import { idempotencyHeaders } from '../../kernel/http/idempotency.ts';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { executionLinks } from '../execution-view.ts';
import type { Preview, Retries } from '../retry-execution.ts';
import * as schemas from '../route-schemas.ts';

const body = Type.Object(
  {
    from: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$',
      maxLength: 1_024,
      'x-expected': '`failed`, `start`, the id of a step, or a path as `/steps` shows it',
      description:
        '`failed`: what has no outcome of its own runs again. A step, by its id or by the path of one run of it: that step and ' +
        'all that depends on it. `start`: everything.',
    }),
    version: Type.Optional(
      Type.Union([Type.Literal('same'), Type.Literal('latest')], { description: '`same` when absent.' }),
    ),
    input: Type.Optional(
      Type.Unsafe<Json>(Type.Unknown({ description: 'In place of the input that the execution had.' })),
    ),
    keep_effect_keys: Type.Optional(
      Type.Boolean({ description: 'Steps that run again send the idempotency keys that they sent before.' }),
    ),
    force: Type.Optional(
      Type.Boolean({ description: 'Adopt also outcomes that were undone when the execution ended.' }),
    ),
  },
  { additionalProperties: false },
);

const pathList = Type.Array(Type.String());
const previewSchema = Type.Object({
  version: Type.String(),
  runs: Type.Array(
    Type.Object({
      path: Type.String(),
      step_id: Type.String(),
      type: Type.String(),
      how: Type.Union([Type.Literal('again'), Type.Literal('first'), Type.Literal('goes_on')], {
        description: '`goes_on`: a block that keeps some of what it has; what runs inside it follows.',
      }),
    }),
  ),
  runs_count: Type.Integer(),
  adopted: pathList,
  adopted_count: Type.Integer(),
  warnings: Type.Array(
    Type.Object({ code: Type.String(), message: Type.String(), path: Type.Optional(Type.String()) }),
  ),
});

export function retryRoute(retries: Retries): Route {
  return route({
    method: 'POST',
    path: '/executions/:id/retry',
    auth: { permission: 'execution:retry' },
    tags: ['executions'],
    summary: 'Retry an execution that has ended, as a new one',
    description:
      'The new execution adopts the recorded outcomes of the steps before, with the variables as they were: of a block that failed ' +
      'the items, branches and rounds that succeeded too. Steps that run again do so under new idempotency keys. With ' +
      '`?dry_run=true` nothing is started, and the answer (200) is what would run. With `Idempotency-Key` a repeat answers for the ' +
      'same retry.',
    params: schemas.executionParams,
    query: Type.Object({ dry_run: Type.Optional(Type.Boolean({ description: 'Only say what would run.' })) }),
    headers: idempotencyHeaders('Names this retry: a repeat answers for the same execution.'),
    body,
    replies: { 200: previewSchema, 202: schemas.startedSchema },
    replyHeaders: ['location', 'idempotent-replayed'],
    async handle({ params, query, headers, body: asks, caller, correlationId }) {
      const { tenantId } = caller;
      const asked = {
        tenantId,
        executionId: params.id,
        by: callerName(caller),
        body: asks,
        key: headers['idempotency-key'],
        correlationId,
      };
      if (query.dry_run === true) return reply(200, previewView(await retries.preview(asked)));
      const begun = await retries.retry(asked);
      const links = executionLinks(begun.executionId);
      return reply(
        202,
        { execution_id: begun.executionId, status: begun.status, links },
        { location: links.self, ...(begun.kind === 'replayed' && { 'idempotent-replayed': 'true' }) },
      );
    },
  });
}

/** Lists are cut, their lengths are not. */
const mostShown = 1_000;

function previewView(preview: Preview) {
  const { version, runs, adopted } = preview;
  return {
    version,
    runs: runs.slice(0, mostShown),
    runs_count: runs.length,
    adopted: adopted.slice(0, mostShown),
    adopted_count: adopted.length,
    warnings: warningsOf(preview).slice(0, mostShown),
  };
}

type Warning = { readonly code: string; readonly message: string; readonly path?: string };

function warningsOf({ adopted, repeats, undone, ...preview }: Preview): readonly Warning[] {
  const warnings: Warning[] = [];
  const add = (applies: boolean, code: string, message: string): void => {
    if (applies) warnings.push({ code, message });
  };
  const adopts = adopted.length > 0;
  add(
    preview.retriedBefore,
    'retried_before',
    'This execution, or one that it is a retry of, has another retry already.',
  );
  add(
    adopts && preview.inputEdited,
    'input_edited',
    'Adopted outcomes were made with the input that the execution had.',
  );
  add(
    adopts && preview.versionChanged,
    'version_changed',
    'Adopted outcomes were made by the version that the execution ran.',
  );
  const under = preview.keysKept ? 'under the same key as before' : 'under a new key';
  for (const { path, certain } of repeats) {
    const before = certain ? 'has had its effect' : 'may have had its effect';
    warnings.push({ code: 'effect_repeats', message: `${path} ${before}, and is done again ${under}.`, path });
  }
  for (const path of undone)
    warnings.push({ code: 'undone', message: `What ${path} did was undone; it is adopted all the same.`, path });
  return warnings;
}
