/** `cloudflow workflow list` */
import { agoText } from '../../output/time-text.ts';
import { command } from '../../program/command.ts';
import { integerOption, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { takeRows } from '../../server/take-rows.ts';

export const listCommand = command({
  name: 'list',
  summary: 'List workflows, newest first',
  options: {
    search: textOption('<text>', 'Its name begins with this.'),
    limit: integerOption('<number>', 'How many at most.', { least: 1, most: 10_000, preset: 50 }),
  },
  examples: [{ line: 'cloudflow workflow list -o json', text: 'as the API has them' }],
  async run({ context, options: { search, limit } }) {
    const now = Date.now();
    const rows = await takeRows(context, limit, (size) =>
      clientOf(context).workflows.list({ limit: size, ...(search !== undefined && { q: search }) }),
    );
    context.output.list(rows, [
      { title: 'workflow', value: ({ workflow_id }) => workflow_id },
      { title: 'version', value: ({ version }) => version },
      {
        title: 'status',
        value: ({ status }) => status,
        style: ({ status }) => (status === 'disabled' ? 'yellow' : undefined),
      },
      { title: 'published', value: ({ published_at }) => agoText(published_at, now) },
    ]);
    return undefined;
  },
});
