/** `cloudflow run list` */
import { command } from '../../program/command.ts';
import { integerOption, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { takeRows } from '../../server/take-rows.ts';
import { filterOf, filterOptions } from './filter.ts';
import { runColumns } from './run-view.ts';

export const listCommand = command({
  name: 'list',
  summary: 'List runs, newest first',
  options: {
    ...filterOptions,
    search: textOption('<text>', 'Its business key begins with this, or its id does.'),
    limit: integerOption('<number>', 'How many at most.', { least: 1, most: 10_000, preset: 50 }),
  },
  examples: [
    { line: 'cloudflow run list --status FAILED --since 1d', text: 'what failed since yesterday' },
    { line: 'cloudflow run list --workflow order -o jsonl | jq -r .id', text: 'ids, for a script' },
  ],
  async run({ context, options: { search, limit, ...given } }) {
    const now = Date.now();
    const filter = { ...filterOf(given, now), ...(search !== undefined && { q: search }) };
    const rows = await takeRows(context, limit, (size) =>
      clientOf(context).executions.list({ ...filter, limit: size }),
    );
    context.output.list(rows, runColumns(now));
    return undefined;
  },
});
