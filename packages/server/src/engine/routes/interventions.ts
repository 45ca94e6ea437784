/** The doors for an administrator who intervenes in a running execution. Every one needs a reason, which stands in the journal with who gave it. */

import type { Json } from '@cloudflow/core/json.ts';
import type { Deed } from '@cloudflow/core/run/contract.ts';
import { closest } from '@cloudflow/core/text/suggest.ts';
import Type from 'typebox';
import { problem } from '../../kernel/errors/problem.ts';
import { callerName } from '../../kernel/http/caller.ts';
import { escapePointer } from '../../kernel/http/read-json.ts';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Engine } from '../engine.ts';
import { executionLinks } from '../execution-view.ts';
import type { Reading } from '../reading.ts';
import * as schemas from '../route-schemas.ts';

type Deps = { readonly engine: Pick<Engine, 'intervene'>; readonly reading: Reading };

const reason = Type.String({ minLength: 1, maxLength: 1_000, description: 'Why; it stays in the journal.' });
const closed = { additionalProperties: false } as const;
const stepParams = Type.Object({
  ...schemas.executionParams.properties,
  path: Type.String({
    pattern: '^[A-Za-z0-9_$][A-Za-z0-9_.$@-]{0,2047}$',
    description: 'The `path` of the step as `GET /executions/{id}/steps` shows it, such as `each.3.call`.',
  }),
});
const common = {
  auth: { permission: 'execution:intervene' },
  tags: ['executions'],
  replies: { 202: schemas.commandedSchema },
} as const;

export function interventionRoutes(deps: Deps): readonly Route[] {
  return [
    route({
      ...common,
      method: 'POST',
      path: '/executions/:id/steps/:path/skip',
      summary: 'Pass over a step that waits, retries or runs',
      description:
        'The step is withdrawn: its attempt is told to stop, it ends SKIPPED, and the steps that depend on it follow.',
      params: stepParams,
      body: Type.Object({ reason }, closed),
      async handle({ params: { id, path }, body, caller }) {
        await mustBeOpen(deps, caller.tenantId, { id, path });
        return tell(deps, { ...body, id, caller, deed: { do: 'skip', path } });
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: '/executions/:id/steps/:path/complete',
      summary: 'End a step that waits, retries or runs, with an output that is given',
      description:
        'Its attempt is told to stop, it ends SUCCESS with this output, and the steps that depend on it go on.',
      params: stepParams,
      body: Type.Object(
        { output: Type.Optional(Type.Unsafe<Json>(Type.Unknown({ description: 'Null when absent.' }))), reason },
        closed,
      ),
      async handle({ params: { id, path }, body: { output = null, reason: why }, caller }) {
        await mustBeOpen(deps, caller.tenantId, { id, path });
        return tell(deps, { reason: why, id, caller, deed: { do: 'complete', path, output } });
      },
    }),
    route({
      ...common,
      method: 'PATCH',
      path: '/executions/:id/variables',
      summary: 'Set variables of a running execution',
      description: 'Steps that begin later see the new values. Only variables that the definition declares can be set.',
      params: schemas.executionParams,
      body: Type.Object(
        {
          set: Type.Record(Type.String(), Type.Unsafe<Json>(Type.Unknown()), { minProperties: 1, maxProperties: 100 }),
          reason,
        },
        closed,
      ),
      async handle({ params: { id }, body: { set, reason: why }, caller }) {
        mustBeDeclared(set, await deps.reading.declaredVariables(caller.tenantId, id));
        return tell(deps, { reason: why, id, caller, deed: { do: 'set', values: set } });
      },
    }),
  ];
}

/** What is committed now; a step that ends before it is told keeps the outcome that it has. */
async function mustBeOpen({ reading }: Deps, tenantId: string, at: { id: string; path: string }): Promise<void> {
  const { rows } = await reading.steps(tenantId, at.id);
  const of = rows.filter(({ path }) => path === at.path);
  if (of.length === 0) throw problem('not_found', { detail: `Execution ${at.id} has no step ${at.path}.` });
  const status = of.at(-1)?.status;
  if (status !== 'EXECUTING')
    throw problem('step_not_open', {
      detail: `Step ${at.path} is ${status}: it neither waits, nor retries, nor runs.`,
    });
}

function mustBeDeclared(set: { readonly [name: string]: Json }, declared: readonly string[]): void {
  const errors = Object.keys(set)
    .filter((name) => !declared.includes(name))
    .map((name) => {
      const suggestion = closest(name, declared);
      const message = `The definition declares no variable ${name}.`;
      return {
        pointer: `/set/${escapePointer(name)}`,
        code: 'unknown_field',
        message,
        ...(suggestion && { suggestion }),
      };
    });
  if (errors.length > 0) throw problem('unknown_variable', { detail: errors[0]?.message ?? '', errors });
}

type Told = {
  readonly id: string;
  readonly caller: Parameters<typeof callerName>[0];
  readonly reason: string;
  readonly deed: Deed;
};

async function tell({ engine }: Deps, { id, caller, reason: why, deed }: Told) {
  switch (await engine.intervene(caller.tenantId, id, { by: callerName(caller), reason: why, deed })) {
    case 'accepted':
      return reply(202, { execution_id: id, links: executionLinks(id) });
    case 'full':
      throw problem('overloaded', { detail: `Execution ${id} has many interventions to hear of.`, retryAfter: 1 });
    case 'not_started':
      throw problem('execution_not_started', { detail: `Execution ${id} is PENDING: nothing of it has begun.` });
    case 'ended':
      throw problem('execution_ended', { detail: `Execution ${id} has ended.` });
    case 'not_found':
      throw problem('not_found', { detail: `There is no execution ${id}.` });
  }
}
