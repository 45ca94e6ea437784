/** The first rows of a list, page by page. */
import type { Pages } from '@cloudflow/sdk/client/index.ts';
import type { Context } from '../program/context.ts';

const longestPage = 200;

/** Says when there are more than were asked for, or none. */
export async function takeRows<Row>(
  { messages }: Context,
  limit: number | undefined,
  list: (pageSize: number) => Pages<Row, unknown>,
): Promise<readonly Row[]> {
  const most = limit ?? Number.POSITIVE_INFINITY;
  const rows: Row[] = [];
  for await (const page of list(Math.min(most, longestPage)).pages()) {
    rows.push(...page.data.slice(0, most - rows.length));
    if (rows.length < most) continue;
    if (page.next_cursor !== null) messages.say(`The first ${rows.length}; --limit shows more.`);
    break;
  }
  if (rows.length === 0) messages.say('There are none.');
  return rows;
}
