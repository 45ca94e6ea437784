/**
 * Months of executions past their time: archived, verified, and dropped; what still runs of them stays. One process at a time,
 * month after month, and from where the last one was when it died.
 *
 * A month goes through `archiving` (files), `moving` (the survivors take over what is kept, and the month is no partition any
 * more) and `dropping` (what belonged to it, and its tables). Only the end of `moving` takes anything away from anybody.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { BlobStore } from '../../kernel/blob/blob-store.ts';
import type { Database } from '../../kernel/db/database.ts';
import { monthsBefore, monthsPast, type OldMonth } from '../../kernel/db/partitions.ts';
import {
  dropRetired,
  makeNextSurvivors,
  SwapRefusedError,
  swapSurvivors,
  watchChanges,
} from '../../kernel/db/survivors.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { firstIdAt } from '../id-range.ts';
import { forgetKeysOfArchived, forgetRowsOfArchived, stillThere } from '../store/retention-cleanup.ts';
import { catchUp, copyKept, pageOfChanges } from '../store/retention-move.ts';
import {
  beginMonth,
  enterPhase,
  inTransaction,
  lockRetention,
  monthUnderWay,
  type RetentionMonth,
} from '../store/retention-state.ts';
import { archiveMonth } from './archive-month.ts';

export type RetentionDeps = {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly archives: BlobStore;
  readonly log: Logger;
  readonly observer: RetentionObserver;
};

export type RetentionObserver = {
  /** So many months are past their time and still there. */
  monthsDue(count: number): void;
  executionsArchived(count: number): void;
  monthDropped(): void;
};

export type RetentionOrder = {
  readonly now: number;
  /** Whole months for which executions are kept after their end. */
  readonly months: number;
  readonly signal: AbortSignal;
};

/** Statements over a whole month take a while. */
const queryTimeoutMs = 600_000;
/** When a round of catching up found no more than these, the last one is made while everybody waits. */
const fewChanges = 500;
/** A lock that is not to be had after so many tries is held for long (a backup): the next hour comes. */
const mostTries = 8;
const firstPauseMs = 250;
const dayMs = 86_400_000;

/** Does what is due. At once when another process is at it. */
export async function retain(deps: RetentionDeps, order: RetentionOrder): Promise<void> {
  const client = await deps.database.connectDirect('retention', { role: 'owner', queryTimeoutMs });
  try {
    if (!(await lockRetention(client))) return;
    for (;;) {
      const due = await monthsPast(client, order.now, order.months);
      deps.observer.monthsDue(due.length);
      const month = await nextMonth(client, due, order);
      if (month === undefined) return;
      await oneMonth(deps, { client, month, signal: order.signal });
    }
  } finally {
    await client.end();
  }
}

async function nextMonth(
  client: pg.ClientBase,
  due: readonly OldMonth[],
  { now, months }: RetentionOrder,
): Promise<RetentionMonth | undefined> {
  const underWay = await monthUnderWay(client);
  const [oldest] = due;
  if (underWay === undefined) {
    if (oldest === undefined) return undefined;
    await beginMonth(client, oldest, new Date(monthsBefore(now, months)));
    return monthUnderWay(client);
  }
  // Somebody has asked for more time since: nothing is taken away that is still there.
  const isDue = underWay.phase === 'dropping' || due.some(({ month }) => month === underWay.month);
  return isDue ? underWay : undefined;
}

type Work = { readonly client: pg.ClientBase; readonly month: RetentionMonth; readonly signal: AbortSignal };

async function oneMonth(deps: RetentionDeps, work: Work): Promise<void> {
  const { client, month } = work;
  const log = deps.log.child({ month: month.month });
  let { phase } = month;
  if (phase === 'archiving') {
    log.info({}, 'a month of executions is past its time: it is archived');
    await archive(deps, work);
    await enterPhase(client, month, 'moving');
    phase = 'moving';
  }
  if (phase === 'moving') {
    log.info({}, 'the month is in the archive; what is not over is moved out of it');
    await move(work);
  }
  await drop(deps, work);
  deps.observer.monthDropped();
  log.info({}, 'the month is archived and dropped');
}

async function archive({ blobs, archives, observer }: RetentionDeps, { client, month, signal }: Work): Promise<void> {
  // From now on each change is noted: what is archived and then written to after all is not lost.
  await patiently(signal, () => watchChanges(client, month));
  await archiveMonth({ client, blobs, archives, signal, onFile: observer.executionsArchived }, month);
}

/** Always from the beginning: what is kept is little, and half a copy is not to be trusted. */
async function move({ client, month, signal }: Work): Promise<void> {
  await forgetKeysOfArchived(client, month, new Date(timeOf(month.before) + dayMs));
  await patiently(signal, () => makeNextSurvivors(client, month));
  for (let last: string | null = firstIdAt(0); last !== null; ) {
    signal.throwIfAborted();
    last = await copyKept(client, last);
  }
  await patiently(signal, async () => {
    await catchUpWithFew({ client, month, signal });
    await swapSurvivors(client, month, async () => {
      if ((await catchUp(client, month.before)) === pageOfChanges) throw new SwapRefusedError('too much has changed');
      await enterPhase(client, month, 'dropping');
    });
  });
}

async function catchUpWithFew({ client, month, signal }: Work): Promise<void> {
  for (let changes = Number.POSITIVE_INFINITY; changes > fewChanges; ) {
    signal.throwIfAborted();
    await inTransaction(client, async () => {
      changes = await catchUp(client, month.before);
    });
  }
}

/** Safe to do again: it looks for what is not there any more. */
async function drop({ blobs }: RetentionDeps, { client, month, signal }: Work): Promise<void> {
  await forgetRowsOfArchived(client);
  for await (const places of blobs.ownersBefore('executions', month.before)) {
    signal.throwIfAborted();
    const there = await stillThere(
      client,
      places.map(({ owner }) => owner),
    );
    for (const place of places) if (!there.has(place.owner)) await blobs.remove(place);
  }
  await dropRetired(client);
  await enterPhase(client, month, 'done');
}

async function patiently(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SwapRefusedError) || tries === mostTries) throw error;
      // Who waited behind us goes first, and is not held up again soon.
      await delay(firstPauseMs * 2 ** tries, undefined, { signal });
    }
  }
}

function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
