import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import {
  countFile,
  createFileWriter,
  DamagedArchiveError,
  executionLine,
  journalLine,
  valueLine,
} from './archive-file.ts';

const id = '01900000-0000-7000-8000-000000000000';

function aFile() {
  const file = createFileWriter({ month: '202501', tenantId: id, number: 1 });
  file.add([executionLine('{"id":1}'), valueLine(id, 'd1', Buffer.from('"large"'))]);
  file.add([journalLine(id, { seq: 1, at: new Date(0), data: '[{"e":"started"}]' })]);
  return file;
}

it('a file of the archive is lines of JSON, and says at its end how much is in it', async () => {
  const bytes = await aFile().finish();
  const lines = gunzipSync(bytes)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual([
    { kind: 'archive', format: 1, month: '202501', tenant_id: id, number: 1 },
    { kind: 'execution', row: { id: 1 } },
    { kind: 'value', execution_id: id, digest: 'd1', base64: Buffer.from('"large"').toString('base64') },
    { kind: 'journal', execution_id: id, seq: 1, at: '1970-01-01T00:00:00.000Z', events: [{ e: 'started' }] },
    { kind: 'end', executions: 1, journal_rows: 1, large_values: 1 },
  ]);
  expect(await countFile(bytes)).toEqual({ executions: 1, journal_rows: 1, large_values: 1 });
});

it('the same lines make the same bytes, so that a file which is written twice is one file', async () => {
  expect(await aFile().finish()).toEqual(await aFile().finish());
});

it('a file that lacks a line, or its end, is damaged', async () => {
  const lines = gunzipSync(await aFile().finish())
    .toString()
    .trimEnd()
    .split('\n');
  for (const damaged of [lines.toSpliced(1, 1), lines.slice(0, -1)])
    await expect(countFile(gzipSync(damaged.join('\n')))).rejects.toThrow(DamagedArchiveError);
});
