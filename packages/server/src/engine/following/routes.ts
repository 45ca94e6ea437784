/** The door to the journal of an execution: page by page as JSON, or as a stream that follows it. */
import Type from 'typebox';
import { systemClock } from '../../kernel/clock/clock.ts';
import { problem } from '../../kernel/errors/problem.ts';
import { chooseType } from '../../kernel/http/accept.ts';
import { createCursor, defaultLimit, pageOf, pageQuery } from '../../kernel/http/list.ts';
import { eventStream, type Reply, reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { type EventView, eventPage } from '../event-view.ts';
import type { Reading } from '../reading.ts';
import * as schemas from '../route-schemas.ts';
import { followEvents, positionAfter } from './follow-events.ts';
import type { JournalWatch } from './journal-watch.ts';
import type { StreamSlots } from './stream-slots.ts';

export type EventsRouteDeps = {
  readonly reading: Reading;
  readonly watch: JournalWatch;
  readonly streams: StreamSlots;
};

const stream = 'text/event-stream';
const byPosition = createCursor(
  'events',
  Type.Object({ seq: Type.Integer({ minimum: 0 }), place: Type.Integer({ minimum: 0 }) }),
);

export function eventsRoute(deps: EventsRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/executions/:id/events',
    auth: { permission: 'execution:read' },
    tags: ['executions'],
    summary: 'List the journal of an execution, oldest first, or follow it',
    description:
      'With `Accept: text/event-stream` the answer is a stream of server-sent events: what is in the journal, then what ' +
      'comes, up to the final event, with which it ends. Each has the `id` that the list shows; with that of the last one ' +
      'in `Last-Event-ID` the stream goes on after it, and is 204 when nothing will follow any more. Where nothing ' +
      'happens a comment comes every 15 seconds; after an hour the stream ends and is to be opened anew.',
    params: schemas.executionParams,
    headers: schemas.eventsHeaders,
    query: Type.Object(pageQuery),
    replies: {
      200: pageOf(schemas.eventSchema),
      204: 'For a stream: all events had been seen, and no more will come.',
    },
    streams: { contentType: stream, description: 'Messages with `id` and `data`, an event as the list shows it.' },
    async handle({ params: { id }, query, headers, caller: { tenantId }, signal }) {
      const type = chooseType(headers.accept, ['application/json', stream]);
      if (type === undefined) throw problem('not_acceptable');
      if (type === stream) return follow(deps, { tenantId, id, lastEventId: headers['last-event-id'], signal });
      const from = byPosition.decode(query.cursor) ?? { seq: 0, place: 0 };
      const { events, next } = await deps.reading.events(tenantId, id, from, query.limit ?? defaultLimit);
      return reply(200, { data: events, next_cursor: next && byPosition.encode(next) });
    },
  });
}

type Asked = {
  readonly tenantId: string;
  readonly id: string;
  readonly lastEventId: string | undefined;
  readonly signal: AbortSignal;
};

async function follow({ reading, watch, streams }: EventsRouteDeps, asked: Asked): Promise<Reply> {
  const { tenantId, id, lastEventId, signal } = asked;
  const head = await reading.head(tenantId, id);
  const from = (lastEventId === undefined ? undefined : positionAfter(lastEventId)) ?? { seq: 0, place: 0 };
  const { rows, more } = await reading.journalFrom(tenantId, id, from);
  // Who follows by the standard comes back when a stream ends, and stays away after a 204.
  const isOver = head.finishedAt !== null && !more && eventPage(rows, from, 1).events.length === 0;
  if (isOver) return reply(204);
  streams.take(tenantId, signal);
  const read = async (position: typeof from) => (await reading.journalFrom(tenantId, id, position)).rows;
  const whole = (event: EventView) => reading.wholeEvent(tenantId, id, event);
  const watched = watch.open(id);
  // Also when nobody ever asks for the first piece.
  signal.addEventListener('abort', watched.close, { once: true });
  return eventStream(followEvents({ first: rows, from, read, whole, watched, clock: systemClock, signal }));
}
