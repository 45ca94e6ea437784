/** Lines on their way into the database: what one of them holds is nothing to the others. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { defaultTenantId as tenantId } from '../kernel/db/database.ts';
import { silentLog } from '../kernel/log/log.ts';
import { createLogWriter } from './index.ts';
import { readLines } from './store.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const now = Date.parse('2026-05-01T09:00:00Z');

function aWriter(onDropped: (count: number) => void = () => undefined) {
  return createLogWriter({ database: test.database, clock: { now: () => now }, log: silentLog, onDropped });
}

const line = (executionId: string, message: string) =>
  ({ tenantId, executionId, step: 's', attempt: 1, level: 'info', source: 'worker', message }) as const;
const kept = (executionId: string) =>
  readLines(test.database, tenantId, { executionId, step: null, level: 'debug', after: 0n, limit: 100 });

describe('the writer of lines', () => {
  it('takes a time that is none, such as a leap second, for the time at which the line was told', async () => {
    const writer = aWriter();
    const id = randomUUID();
    writer.keep({ ...line(id, 'leap'), at: Date.parse('2016-12-31T23:59:60Z') });
    await writer.close();
    expect(await kept(id)).toMatchObject([{ message: 'leap', at: new Date(now) }]);
  });

  it('leaves out a line that the database refuses, and writes those of others before and after it', async () => {
    const dropped: number[] = [];
    const writer = aWriter((count) => dropped.push(count));
    const [own, other] = [randomUUID(), randomUUID()];
    for (let at = 0; at < 5; at += 1) writer.keep(line(other, `before ${at}`));
    writer.keep({ ...line(own, 'no attempt has this number'), attempt: 3_000_000_000 });
    for (let at = 0; at < 5; at += 1) writer.keep(line(other, `after ${at}`));
    await expect
      .poll(async () => {
        await writer.flush();
        return (await kept(other)).length;
      })
      .toBe(10);
    expect(await kept(own)).toEqual([]);
    expect(dropped).toEqual([1]);
    await writer.close();
  });
});
