/**
 * Writes what is over into the archive, file by file, each read back before it counts. What is not over is noted as kept, so
 * that of everything below the bound either the one or the other is on disk, whatever it becomes later.
 */
import type pg from 'pg';
import { type BlobPlace, type BlobStore, blobOf } from '../../kernel/blob/blob-store.ts';
import { compactedIn, type SegmentRow } from '../compaction/segment.ts';
import { createSegments } from '../compaction/segments.ts';
import { placeOf, type StoredEvent, valuesNamedIn } from '../journal/large-values.ts';
import { type OldExecution, type OldJournalRow, oldExecutions, oldJournal } from '../store/retention-rows.ts';
import { type ArchivedUpTo, archived, nextFileNumber, type RetentionMonth } from '../store/retention-state.ts';
import {
  countFile,
  createFileWriter,
  DamagedArchiveError,
  executionLine,
  type FileWriter,
  journalLine,
  type Line,
  valueLine,
} from './archive-file.ts';

export type ArchiveDeps = {
  readonly client: pg.ClientBase;
  /** Where large values are. */
  readonly blobs: BlobStore;
  /** Where the archive goes. */
  readonly archives: BlobStore;
  readonly signal: AbortSignal;
  /** So many executions are archived now. */
  readonly onFile: (executions: number) => void;
};

/** Written down at the latest then, however little there is to archive. */
const mostKept = 5_000;

/** One of them or several lines that belong together: a crash repeats all or none. */
type Passage = { readonly upTo: ArchivedUpTo; readonly lines: readonly Line[]; readonly keep: boolean };

/** All that is below the bound, from where an earlier process was. */
export async function archiveMonth(deps: ArchiveDeps, month: RetentionMonth): Promise<void> {
  const { client, signal } = deps;
  let file: FileWriter | null = null;
  let number = 0;
  let kept: string[] = [];
  let upTo = month.upTo;

  const close = async () => {
    if (upTo === null || (file === null && kept.length === 0)) return;
    const row = file === null ? null : await store(deps, month, { file, number });
    await archived(client, month, { upTo, kept, file: row });
    deps.onFile(file?.counts.executions ?? 0);
    [file, kept] = [null, []];
  };

  for await (const passage of passages(deps, month)) {
    signal.throwIfAborted();
    const { tenantId, executionId } = passage.upTo;
    if (file !== null && file.tenantId !== tenantId) await close();
    if (passage.keep) kept.push(executionId);
    else {
      if (file === null) {
        number = await nextFileNumber(client, month.first, tenantId);
        file = createFileWriter({ month: month.month, tenantId, number });
      }
      file.add(passage.lines);
    }
    upTo = passage.upTo;
    if (file?.isFull || kept.length >= mostKept) await close();
  }
  await close();
}

async function store(
  { archives }: ArchiveDeps,
  { first }: RetentionMonth,
  { file, number }: { readonly file: FileWriter; readonly number: number },
) {
  const { tenantId, counts } = file;
  const blob = blobOf(await file.finish());
  const place: BlobPlace = { tenantId, area: 'archives', owner: first };
  await archives.put(place, blob);
  const found = await countFile(await archives.get(place, blob.digest)); // which has compared the digest
  if (JSON.stringify(found) !== JSON.stringify(counts))
    throw new DamagedArchiveError(`it holds ${JSON.stringify(found)} in place of ${JSON.stringify(counts)}`);
  const { executions, journal_rows: journalRows, large_values: largeValues } = counts;
  const bytes = blob.content.length;
  return { tenantId, number, digest: blob.digest, bytes, home: archives.home, executions, journalRows, largeValues };
}

async function* passages(deps: ArchiveDeps, month: RetentionMonth): AsyncGenerator<Passage> {
  let after = month.upTo;
  if (after !== null && after.seq !== null) {
    yield* journalOf(deps, after, after.seq); // a file ended within it
    after = { ...after, seq: null };
  }
  for (;;) {
    const page = await oldExecutions(deps.client, month, after);
    for (const execution of page) {
      const { id: executionId, tenantId, workflowId, row, texts } = execution;
      after = { tenantId, workflowId, executionId, seq: null };
      if (!execution.isOver) yield { upTo: after, lines: [], keep: true };
      else {
        const values = await valueLines(deps, execution, valuesNamedIn([], texts));
        yield { upTo: { ...after, seq: 0 }, lines: [executionLine(row), ...values], keep: false };
        yield* journalOf(deps, after, 0);
      }
    }
    if (page.length === 0) return;
  }
}

async function* journalOf(deps: ArchiveDeps, of: ArchivedUpTo, from: number): AsyncGenerator<Passage> {
  const execution = { id: of.executionId, tenantId: of.tenantId };
  for (let seq = from; ; ) {
    const page = await oldJournal(deps.client, execution.id, seq);
    for await (const row of withSegments(deps, execution, page, seq)) {
      seq = row.seq;
      const digests = row.data.includes('"big"') ? valuesNamedIn(JSON.parse(row.data) as StoredEvent[], []) : [];
      const lines = [journalLine(execution.id, row), ...(await valueLines(deps, execution, digests))];
      yield { upTo: { ...of, seq }, lines, keep: false };
    }
    if (page.length === 0) return;
  }
}

/** The archive has every row, also those that are in segments, which go with the execution. */
async function* withSegments(
  { blobs }: ArchiveDeps,
  execution: Pick<OldExecution, 'id' | 'tenantId'>,
  page: readonly OldJournalRow[],
  after: number,
): AsyncGenerator<OldJournalRow> {
  for (const row of page) {
    const compacted = compactedIn(row.data);
    if (compacted === null) yield row;
    else
      for await (const older of createSegments(blobs).rows(execution, compacted, after + 1)) yield archivedRow(older);
  }
}

const archivedRow = ({ at, ...row }: SegmentRow): OldJournalRow => ({ ...row, at: new Date(Number(at) / 1_000) });

async function valueLines(
  { blobs }: ArchiveDeps,
  execution: Pick<OldExecution, 'id' | 'tenantId'>,
  digests: readonly string[],
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const digest of digests)
    lines.push(valueLine(execution.id, digest, await blobs.get(placeOf(execution), digest)));
  return lines;
}
