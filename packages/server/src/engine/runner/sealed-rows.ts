/** Rows of the inbox, opened: outcomes of tries that moved, and outputs that a person gave, may be of sensitive steps. */
import type { Outage } from '../../kernel/log/outage.ts';
import type { SecretBox } from '../../kernel/secret/secret-box.ts';
import { isSealed, openText } from '../journal/sealed-values.ts';
import type { InboxRow } from '../store/inbox-of.ts';

export type OpeningDeps = { readonly secrets: Pick<SecretBox, 'open'>; readonly outage: Outage };

/** A row that does not open is left in the table, and keeps no other from being heard. */
export async function openRows(
  rows: readonly InboxRow[],
  { secrets, outage }: OpeningDeps,
): Promise<readonly InboxRow[]> {
  if (!rows.some(({ payload }) => isSealed(payload))) return rows;
  const open: InboxRow[] = [];
  let failure: unknown;
  for (const row of rows) {
    try {
      open.push(
        isSealed(row.payload) ? { ...row, payload: await openText(row.payload, secrets, row.executionId) } : row,
      );
    } catch (error) {
      failure = error;
    }
  }
  if (failure === undefined) outage.over();
  else outage.failed({ error: failure });
  return open;
}
