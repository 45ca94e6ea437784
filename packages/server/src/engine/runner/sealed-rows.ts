/** Rows of the inbox, opened: outcomes of tries that moved, and outputs that a person gave, may be of sensitive steps. */
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import type { SecretBox } from '../../kernel/secret/secret-box.ts';
import { isSealed, openText } from '../journal/sealed-values.ts';
import type { InboxRow } from '../store/inbox-of.ts';

type Look = (shards: readonly number[], limit: number) => Promise<readonly InboxRow[]>;

/** The same look at the inbox. A row that does not open is left in the table, and keeps no other from being heard. */
export function openRows(
  look: Look,
  { secrets, log }: { readonly secrets: Pick<SecretBox, 'open'>; readonly log: Logger },
): Look {
  const outage = createOutage(log, {
    failed: 'an encrypted row of the inbox does not open; it is left, and tried again',
    over: 'encrypted rows of the inbox open again',
  });

  return async (shards, limit) => {
    const rows = await look(shards, limit);
    if (!rows.some(({ payload }) => isSealed(payload))) return rows;
    const open: InboxRow[] = [];
    let failure: unknown;
    for (const row of rows) {
      try {
        const { payload, executionId } = row;
        open.push(isSealed(payload) ? { ...row, payload: await openText(payload, secrets, executionId) } : row);
      } catch (error) {
        failure = error;
      }
    }
    if (failure === undefined) outage.over();
    else outage.failed({ error: failure });
    return open;
  };
}
