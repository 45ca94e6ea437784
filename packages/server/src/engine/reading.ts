/**
 * Looking at executions: heads, lists, journals, and the steps and variables that a journal amounts to. Everything here is
 * read from what is committed; nothing asks the engine's memory, so that any process can answer.
 */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import { apply } from '@cloudflow/core/run/apply.ts';
import type { RunContext } from '@cloudflow/core/run/contract.ts';
import type { ExecutionStatus, RunEvent } from '@cloudflow/core/run/event.ts';
import { explain, gatesOf, gateText } from '@cloudflow/core/run/explain/explain.ts';
import { createNotes, takeNote } from '@cloudflow/core/run/explain/notes.ts';
import { type Past, pastOf } from '@cloudflow/core/run/past.ts';
import { createState, type RunState } from '@cloudflow/core/run/state.ts';
import type { Known } from '@cloudflow/core/run/step-input.ts';
import { type StepRow, stepRows, variables } from '@cloudflow/core/run/step-rows.ts';
import { waitsForWorker } from '@cloudflow/core/run/wait-reason.ts';
import type { BlobStore } from '../kernel/blob/blob-store.ts';
import type { Database } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import type { SecretBox } from '../kernel/secret/secret-box.ts';
import { givenBy, placeOf, planFor } from './child-trigger.ts';
import { createSegments } from './compaction/segments.ts';
import { type EventPage, type EventPosition, type EventView, eventPage, positionOf, wholeView } from './event-view.ts';
import { executionRow } from './execution-view.ts';
import type { Explained } from './explaining/explain-view.ts';
import { gateId } from './gates/gate-id.ts';
import { createLargeValues } from './journal/large-values.ts';
import { countByStatus, countExecutions } from './store/count-executions.ts';
import type { ExecutionFilter } from './store/execution-filter.ts';
import { wasRetriedSince } from './store/next-generation.ts';
import { placeAtGate } from './store/place-at-gate.ts';
import * as store from './store/read.ts';
import { readOutside } from './store/read-outside.ts';

export type ReadingDeps = {
  readonly database: Database;
  /** The plan of a version; see the workflow service. */
  readonly planOf: (versionId: string) => Promise<Plan>;
  /** Where large values are. */
  readonly blobs: Pick<BlobStore, 'get'>;
  /** What sensitive steps gave is opened to work out a state, and masked where it is shown. */
  readonly secrets: Pick<SecretBox, 'open'>;
  /** By type of step: what is known of workers that take its tasks. Absent: nothing is. */
  readonly workersOf?: (tenantId: string) => Promise<JsonObject>;
};

export type Reading = ReturnType<typeof createReading>;

/** Rows and bytes of the journal in memory at once while it is folded or shown. */
const pageRows = 500;
const pageBytes = 8 * 1024 * 1024;
/** Executions that this one waits for are explained beside it, so many of them. */
const childrenExplained = 10;
/** The same for the gates at which it stands. */
const gatesExplained = 10;
/** The same for each of those who follow: there may be many. */
const followedRows = 100;
const followedBytes = 128 * 1024;

export function createReading({ database, planOf, blobs, secrets, workersOf = async () => ({}) }: ReadingDeps) {
  const large = createLargeValues(blobs, secrets);
  const segments = createSegments(blobs);
  const reader = (tenantId: string): store.Reader => ({
    rows: (query) => database.query({ role: 'app', tenantId }, query),
  });

  async function find(tenantId: string, id: string): Promise<store.StoredHead | undefined> {
    const found = await store.readHead(reader(tenantId), tenantId, id);
    if (found === undefined) return undefined;
    const whole = (text: string) => large.column({ tenantId, id }, text);
    const { inputText, outputText, triggerText } = found;
    return {
      ...found,
      inputText: await whole(inputText),
      outputText: outputText === null ? null : await whole(outputText),
      triggerText: await whole(triggerText),
    };
  }

  async function head(tenantId: string, id: string): Promise<store.StoredHead> {
    const found = await find(tenantId, id);
    if (!found) throw problem('not_found', { detail: `There is no execution ${id}.` });
    return found;
  }

  /** Every event of the journal up to now, in order; answers with the number of its last row. It only grows, so that pages read one after the other fit together. */
  async function walk(tenantId: string, executionId: string, see: (event: RunEvent) => void): Promise<number> {
    const from = reader(tenantId);
    for (let fromSeq = 0; ; ) {
      const page = await store.readJournal(from, segments, {
        tenantId,
        executionId,
        fromSeq,
        limit: pageRows,
        maxBytes: pageBytes,
      });
      for (const row of page.rows) {
        for (const event of await large.events({ tenantId, id: executionId }, row.eventsText)) see(event);
      }
      const last = page.rows.at(-1);
      if (!page.more || !last) return last?.seq ?? Math.max(0, fromSeq - 1);
      fromSeq = last.seq + 1;
    }
  }

  /** What the journal says up to now. */
  async function fold(
    tenantId: string,
    { id, versionId, triggerText }: store.StoredHead,
    alsoSee: (event: RunEvent) => void = () => undefined,
  ): Promise<{ plan: Plan; state: RunState; seq: number }> {
    const plan = planFor(await planOf(versionId), JSON.parse(triggerText) as Json);
    const state = createState(plan);
    const seq = await walk(tenantId, id, (event) => {
      apply(plan, state, event);
      alsoSee(event);
    });
    return { plan, state, seq };
  }

  /** All that its expressions may see: a state of its own for whoever asks. */
  async function known(tenantId: string, id: string): Promise<Known> {
    const of = await head(tenantId, id);
    const { plan, state } = await fold(tenantId, of);
    return { plan, state, context: contextOf(tenantId, of) };
  }

  async function explained(tenantId: string, of: store.StoredHead): Promise<Explained> {
    const notes = createNotes();
    const { plan, state, seq } = await fold(tenantId, of, (event) => takeNote(notes, event));
    const driven = state.endedAt === null ? await readOutside(database, of) : {};
    const outside = waitsForWorker(state) ? { ...driven, worker: await workersOf(tenantId) } : driven;
    const gates = new Map<string, JsonObject>();
    for (const gate of gatesOf(state).slice(0, gatesExplained)) {
      const place = { gateId: gateId(tenantId, plan.workflowId, gate), executionId: of.id };
      gates.set(gateText(gate), { ...(await placeAtGate(database, tenantId, place)) });
    }
    return { head: of, seq, state, explanation: explain({ plan, state, notes, outside, gates }) };
  }

  /** The page with its large values: fewer events when they are large, at least one. */
  async function whole(owner: { readonly tenantId: string; readonly id: string }, page: EventPage): Promise<EventPage> {
    const events: EventView[] = [];
    let read = 0;
    for (const view of page.events) {
      if (read > pageBytes) return { events, next: positionOf(view) };
      events.push(
        await wholeView(view, async (digest) => {
          const text = await large.text(owner, digest);
          read += text.length;
          return JSON.parse(text) as Json;
        }),
      );
    }
    return { ...page, events };
  }

  return {
    /** Undefined when there is none, or it belongs to another tenant. */
    find,
    head,
    list: (tenantId: string, filter: ExecutionFilter, limit: number) =>
      store.listHeads(reader(tenantId), tenantId, filter, limit),
    count: (tenantId: string, filter: ExecutionFilter) => countExecutions(reader(tenantId), tenantId, filter),
    countByStatus: (tenantId: string, filter: ExecutionFilter, statuses: readonly ExecutionStatus[]) =>
      countByStatus(reader(tenantId), tenantId, filter, statuses),

    async variables(tenantId: string, of: store.StoredHead): Promise<JsonObject> {
      return variables((await fold(tenantId, of)).state);
    },

    /** All that an execution which has ended was, for a retry. */
    async past(tenantId: string, of: store.StoredHead): Promise<Past> {
      const events: RunEvent[] = [];
      await walk(tenantId, of.id, (event) => events.push(event));
      return pastOf(
        planFor(await planOf(of.versionId), JSON.parse(of.triggerText) as Json),
        events,
        contextOf(tenantId, of),
      );
    },

    wasRetriedSince: (tenantId: string, of: store.StoredHead) => wasRetriedSince(database, tenantId, of),

    /** Names of the variables that its version declares. */
    async declaredVariables(tenantId: string, id: string): Promise<readonly string[]> {
      const { versionId } = await head(tenantId, id);
      return Object.keys((await planOf(versionId)).variables);
    },

    known,

    async steps(tenantId: string, id: string): Promise<{ rows: readonly StepRow[]; context: RunContext }> {
      const { plan, state, context } = await known(tenantId, id);
      return { rows: stepRows(plan, state), context };
    },

    /** Why it does not move, from its journal and from who owns its shard; nobody who drives it is disturbed. */
    async explain(tenantId: string, id: string): Promise<{ of: Explained; children: ReadonlyMap<string, Explained> }> {
      const of = await explained(tenantId, await head(tenantId, id));
      const children = new Map<string, Explained>();
      for (const { details } of of.explanation.waits) {
        const child = details['execution_id'];
        if (typeof child !== 'string' || children.size === childrenExplained) continue;
        const found = await find(tenantId, child);
        if (found) children.set(child, await explained(tenantId, found));
      }
      return { of, children };
    },

    async events(tenantId: string, id: string, from: EventPosition, limit: number) {
      await head(tenantId, id);
      const { rows, more } = await store.readJournal(reader(tenantId), segments, {
        tenantId,
        executionId: id,
        fromSeq: from.seq,
        limit,
        maxBytes: pageBytes,
      });
      const page = await whole({ tenantId, id }, eventPage(rows, from, limit));
      const last = rows.at(-1);
      if (page.next !== null || !more || !last) return page;
      return { events: page.events, next: { seq: last.seq + 1, place: 0 } };
    },

    /** Some rows of the journal from this position on, few enough to be held for a slow reader. */
    journalFrom(tenantId: string, id: string, { seq }: EventPosition): Promise<store.JournalPage> {
      const page = { tenantId, executionId: id, fromSeq: seq, limit: followedRows, maxBytes: followedBytes };
      return store.readJournal(reader(tenantId), segments, page);
    },

    /** An event with the values that its row only refers to. */
    wholeEvent: (tenantId: string, id: string, view: EventView): Promise<EventView> =>
      wholeView(view, async (digest) => JSON.parse(await large.text({ tenantId, id }, digest)) as Json),

    findKey: (tenantId: string, key: string) => store.findKey(reader(tenantId), tenantId, key),

    /** The last execution of a workflow that was started, as a list shows it. */
    async latest(tenantId: string, workflowId: string): Promise<ReturnType<typeof executionRow> | null> {
      const [last] = await store.listHeads(reader(tenantId), tenantId, { workflowIds: [workflowId] }, 1);
      return last ? executionRow(last) : null;
    },
  };
}

/** What expressions of the execution see beside its journal. */
function contextOf(tenantId: string, head: store.StoredHead): RunContext {
  const { id, rootId, parentId, inputText, triggerText, generation } = head;
  const input = JSON.parse(inputText) as Json;
  const trigger = JSON.parse(triggerText) as Json;
  const place = placeOf(parentId, trigger);
  return { executionId: id, rootId, tenantId, ...givenBy(input, trigger), trigger, generation, ...place };
}
