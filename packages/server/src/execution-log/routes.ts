/** The door to the log of an execution. */
import Type from 'typebox';
import type { Database } from '../kernel/db/database.ts';
import { createCursor, defaultLimit, pageOf, pageQuery } from '../kernel/http/list.ts';
import { reply } from '../kernel/http/reply.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { levels, sources } from './log-line.ts';
import * as store from './store.ts';
import { mostLines } from './writer.ts';

export type ExecutionLogDeps = {
  readonly database: Database;
  /** Throws `not_found`. */
  readonly mustExist: (tenantId: string, executionId: string) => Promise<unknown>;
};

const byId = createCursor('execution-log', Type.String({ pattern: '^[0-9]{1,19}$' }));
const level = Type.Union(levels.map((each) => Type.Literal(each)));
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const line = Type.Object({
  at: nullable(Type.String({ format: 'date-time' })),
  level,
  source: Type.Union(sources.map((each) => Type.Literal(each))),
  step: nullable(Type.String({ description: 'Path of the step, as `/steps` shows it.' })),
  attempt: nullable(Type.Integer()),
  message: Type.String(),
  fields: Type.Object({}, { additionalProperties: true }),
});

export function executionLogRoute({ database, mustExist }: ExecutionLogDeps): Route {
  return route({
    method: 'GET',
    path: '/executions/:id/logs',
    auth: { permission: 'execution:read' },
    tags: ['executions'],
    summary: 'List what actions and workers told while an execution ran, and why tries failed, the oldest first',
    description: `An execution keeps its first ${mostLines} lines; how many came after them is said in a last line without \`at\`. Lines are written half a second after they were told; a server that is killed loses those. Secrets are masked, and sensitive steps tell nothing.`,
    params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
    query: Type.Object({
      ...pageQuery,
      step: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 4_096,
          pattern: '^[^\\u0000]+$',
          'x-expected': 'the path of a step',
          description: 'Path of a step.',
        }),
      ),
      level: Type.Optional(Type.Union(level.anyOf, { description: 'This level and those above it.' })),
    }),
    replies: { 200: pageOf(line) },
    async handle({ params: { id }, query, caller: { tenantId } }) {
      await mustExist(tenantId, id);
      const limit = query.limit ?? defaultLimit;
      const after = BigInt(byId.decode(query.cursor) ?? '0');
      const page: store.LinePage = {
        executionId: id,
        step: query.step ?? null,
        level: query.level ?? 'debug',
        after,
        limit: limit + 1,
      };
      const rows = await store.readLines(database, tenantId, page);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const data = rows.slice(0, limit).map(view);
      const dropped = last === undefined ? await store.countDropped(database, tenantId, id) : 0;
      return reply(200, {
        data: dropped > 0 ? [...data, droppedLine(dropped)] : data,
        next_cursor: last === undefined ? null : byId.encode(String(last.id)),
      });
    },
  });
}

function view({ at, level: number, source, step, attempt, message, fields }: store.LineRow) {
  return {
    at: at.toISOString(),
    level: levels[number] ?? 'info',
    source: source as (typeof sources)[number],
    step,
    attempt,
    message,
    fields: JSON.parse(fields ?? '{}') as object,
  };
}

function droppedLine(count: number) {
  const message = `${count} more ${count === 1 ? 'line was' : 'lines were'} told, and not kept.`;
  return {
    at: null,
    level: 'warn',
    source: 'engine',
    step: null,
    attempt: null,
    message,
    fields: { dropped: count },
  } as const;
}
