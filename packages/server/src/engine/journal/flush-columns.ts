/**
 * What a flush sends, as columns: for each part of the statement the names, types and values of its rows. The text of the
 * statement and its parameters are both made from these tables, so that they cannot disagree.
 */
import type { GateEntry } from '@cloudflow/core/gate/gate.ts';
import { phaseCode, statusNumber, waitReasonCode } from '../row-codes.ts';
import { ArrayColumn, type ElementType } from './array-column.ts';
import type {
  ChildRow,
  GateRow,
  HeadUpdate,
  JournalEntry,
  SentRow,
  StartRow,
  TaskRow,
  TaskWithdrawal,
} from './entry.ts';

export type PartName =
  | 'starts'
  | 'keys'
  | 'rows'
  | 'heads'
  | 'armed'
  | 'disarmed'
  | 'ended'
  | 'consumed'
  | 'sent'
  | 'children'
  | 'tasks'
  | 'withdrawn'
  | 'places'
  | 'leaving';

type Column<Item> = {
  readonly name: string;
  readonly type: ElementType;
  readonly write: (column: ArrayColumn, item: Item, entry: JournalEntry) => void;
};

/** The rows of one part of a flush, gathered column by column. */
export class Part<Item> {
  readonly name: PartName;
  readonly #columns: readonly Column<Item>[];
  readonly #arrays: readonly ArrayColumn[];

  constructor(name: PartName, columns: readonly Column<Item>[]) {
    this.name = name;
    this.#columns = columns;
    this.#arrays = columns.map(({ type }) => new ArrayColumn(type));
  }

  add(item: Item, entry: JournalEntry): void {
    for (let i = 0; i < this.#columns.length; i += 1) {
      (this.#columns[i] as Column<Item>).write(this.#arrays[i] as ArrayColumn, item, entry);
    }
  }

  reset(): void {
    for (const array of this.#arrays) array.reset();
  }

  get isEmpty(): boolean {
    return (this.#arrays[0] as ArrayColumn).length === 0;
  }

  parameters(): Buffer[] {
    return this.#arrays.map((array) => array.parameter());
  }

  /** `unnest($9::uuid[], …) name (column, …)`, with parameters numbered from `first` on. */
  unnest(first: number): string {
    const parameters = this.#columns.map(({ type }, index) => `$${first + index}::${type}[]`);
    return `unnest(${parameters.join(', ')}) ${this.name} (${this.columnNames().join(', ')})`;
  }

  columnNames(): string[] {
    return this.#columns.map(({ name }) => name);
  }
}

/** The head of a folded start belongs to its row; it counts only when the shard turns out to be ours. */
const headColumns: readonly Column<HeadUpdate>[] = [
  { name: 'status', type: 'int2', write: (to, head) => to.int2(statusNumber(head.status, head.waitReason)) },
  {
    name: 'wait_reason',
    type: 'int2',
    write: (to, { waitReason }) => int2(to, waitReason && waitReasonCode[waitReason]),
  },
  { name: 'phase', type: 'int2', write: (to, { phase }) => int2(to, phase && phaseCode[phase]) },
  { name: 'kept_signals', type: 'int2', write: (to, { keptSignals }) => int2(to, keptSignals || null) },
  { name: 'seq', type: 'int4', write: (to, head) => to.int4(head.seq) },
  { name: 'output', type: 'text', write: (to, head) => text(to, head.output) },
  { name: 'error', type: 'text', write: (to, head) => text(to, head.error) },
  { name: 'started_at', type: 'timestamptz', write: (to, head) => time(to, head.startedAt) },
  { name: 'finished_at', type: 'timestamptz', write: (to, head) => time(to, head.finishedAt) },
];
export const headColumnNames: readonly string[] = headColumns.map(({ name }) => name);

const pending: HeadUpdate = {
  status: 'PENDING',
  waitReason: null,
  phase: null,
  keptSignals: 0,
  seq: 0,
  output: null,
  error: null,
  startedAt: null,
  finishedAt: null,
};

const startColumns: readonly Column<StartRow>[] = [
  { name: 'id', type: 'uuid', write: (to, _, { executionId }) => to.uuid(executionId) },
  { name: 'tenant_id', type: 'uuid', write: (to, start) => to.uuid(start.tenantId) },
  { name: 'workflow_id', type: 'uuid', write: (to, start) => to.uuid(start.workflowId) },
  { name: 'version_id', type: 'uuid', write: (to, start) => to.uuid(start.versionId) },
  { name: 'root_id', type: 'uuid', write: (to, start) => to.uuid(start.rootId) },
  { name: 'parent_id', type: 'uuid', write: (to, start) => uuid(to, start.parentId) },
  { name: 'retry_of', type: 'uuid', write: (to, start) => uuid(to, start.retryOf) },
  { name: 'created_at', type: 'timestamptz', write: (to, start) => to.time(start.createdAt) },
  { name: 'shard', type: 'int2', write: (to, _, { shard }) => to.int2(shard) },
  { name: 'priority', type: 'int2', write: (to, start) => to.int2(start.priority) },
  { name: 'generation', type: 'int2', write: (to, start) => to.int2(start.generation) },
  { name: 'business_key', type: 'text', write: (to, start) => text(to, start.businessKey) },
  { name: 'labels', type: 'text', write: (to, start) => to.text(start.labels) },
  { name: 'trigger', type: 'text', write: (to, start) => to.text(start.trigger) },
  { name: 'input', type: 'text', write: (to, start) => to.text(start.input) },
];
export const startColumnNames: readonly string[] = startColumns.map(({ name }) => name);

/** Those of a start; who starts it stands in the columns `parent_id` and, for the fence, `parent_shard`. */
const childColumns: readonly Column<ChildRow>[] = [
  ...startColumns.map(
    ({ name, type, write }): Column<ChildRow> => ({
      name,
      type,
      write: (to, { executionId, shard: its, start }, entry) => write(to, start, { ...entry, executionId, shard: its }),
    }),
  ),
  { name: 'parent_shard', type: 'int2', write: (to, _, entry) => to.int2(entry.shard) },
];

type Id = JournalEntry['executionId'];
const execution = {
  name: 'execution_id',
  type: 'uuid',
  write: (to: ArrayColumn, _: unknown, { executionId }: { executionId: Id }) => to.uuid(executionId),
} as const;
const shard = {
  name: 'shard',
  type: 'int2',
  write: (to: ArrayColumn, _: unknown, entry: { shard: number }) => to.int2(entry.shard),
} as const;

/** A place that is had or waited for. */
export type PlaceRow = GateRow & { readonly entry: GateEntry };

const holderColumns: readonly Column<GateRow>[] = [
  { name: 'gate_id', type: 'uuid', write: (to, { gateId }) => to.uuid(gateId) },
  { name: 'execution_id', type: 'uuid', write: (to, { holder }) => to.uuid(holder.execution) },
  { name: 'run', type: 'text', write: (to, { holder }) => to.text(holder.run) },
  shard,
];

const taskColumns: readonly Column<TaskRow>[] = [
  execution,
  shard,
  { name: 'tenant_id', type: 'uuid', write: (to, { tenantId }) => to.uuid(tenantId) },
  { name: 'offered_at', type: 'timestamptz', write: (to, { offeredAt }) => to.time(offeredAt) },
  { name: 'timeout_ms', type: 'int8', write: (to, { timeoutMs }) => to.int8(BigInt(timeoutMs)) },
  { name: 'attempt', type: 'int4', write: (to, { attempt }) => to.int4(attempt) },
  { name: 'priority', type: 'int2', write: (to, { priority }) => to.int2(priority) },
  { name: 'at_most_once', type: 'int2', write: (to, { atMostOnce }) => to.int2(atMostOnce ? 1 : 0) },
  { name: 'type', type: 'text', write: (to, { type }) => to.text(type) },
  { name: 'try', type: 'text', write: (to, { name }) => to.text(name) },
  { name: 'path', type: 'text', write: (to, { path }) => to.text(path) },
  { name: 'workflow', type: 'text', write: (to, { workflow }) => to.text(workflow) },
  { name: 'idempotency_key', type: 'text', write: (to, { idempotencyKey }) => to.text(idempotencyKey) },
  { name: 'correlation_id', type: 'text', write: (to, { correlationId }) => to.text(correlationId) },
  { name: 'input', type: 'text', write: (to, { input }) => to.text(input) },
];
export const taskColumnNames: readonly string[] = taskColumns.map(({ name }) => name);

const withdrawals = { unclaimed: 0, ask: 1, end: 2 } as const;
const withdrawalColumns: readonly Column<TaskWithdrawal>[] = [
  execution,
  shard,
  { name: 'try', type: 'text', write: (to, { name }) => to.text(name) },
  { name: 'how', type: 'int2', write: (to, { how }) => to.int2(withdrawals[how]) },
];

export function createParts() {
  return {
    starts: new Part<StartRow>('starts', [
      ...startColumns,
      ...headColumns.map(({ name, type, write }) => ({
        name,
        type,
        write: (to: ArrayColumn, _: StartRow, entry: JournalEntry) => write(to, entry.head ?? pending, entry),
      })),
    ]),
    keys: new Part<NonNullable<StartRow['idempotency']>>('keys', [
      execution,
      { name: 'tenant_id', type: 'uuid', write: (to, _, { start }) => to.uuid((start as StartRow).tenantId) },
      { name: 'key', type: 'text', write: (to, { key }) => to.text(key) },
      { name: 'hash', type: 'bytea', write: (to, { hash }) => to.bytes(hash) },
    ]),
    rows: new Part<NonNullable<JournalEntry['row']>>('rows', [
      execution,
      shard,
      { name: 'seq', type: 'int4', write: (to, { seq }) => to.int4(seq) },
      { name: 'data', type: 'text', write: (to, { data }) => to.text(data) },
    ]),
    heads: new Part<HeadUpdate>('heads', [execution, shard, ...headColumns]),
    armed: new Part<JournalEntry['armed'][number]>('armed', [
      execution,
      shard,
      { name: 'timer', type: 'int4', write: (to, { timer }) => to.int4(timer) },
      { name: 'due', type: 'timestamptz', write: (to, { due }) => to.time(due) },
    ]),
    disarmed: new Part<number>('disarmed', [
      execution,
      shard,
      { name: 'timer', type: 'int4', write: (to, timer) => to.int4(timer) },
    ]),
    ended: new Part<null>('ended', [execution, shard]),
    consumed: new Part<string>('consumed', [
      { name: 'id', type: 'int8', write: (to, id) => to.int8(BigInt(id)) },
      shard,
    ]),
    // `execution_id` and `shard` are the sender's: it is the sender whose shard has to be ours.
    sent: new Part<SentRow>('sent', [
      execution,
      shard,
      { name: 'to_id', type: 'uuid', write: (column, { to }) => column.uuid(to) },
      { name: 'to_shard', type: 'int2', write: (column, { toShard }) => column.int2(toShard) },
      { name: 'kind', type: 'text', write: (column, { kind }) => column.text(kind) },
      { name: 'payload', type: 'text', write: (column, { payload }) => column.text(payload) },
    ]),
    children: new Part<ChildRow>('children', childColumns),
    tasks: new Part<TaskRow>('tasks', taskColumns),
    withdrawn: new Part<TaskWithdrawal>('withdrawn', withdrawalColumns),
    places: new Part<PlaceRow>('places', [
      { name: 'sender', type: 'uuid', write: (to, _, { executionId }) => to.uuid(executionId) },
      ...holderColumns,
      { name: 'tenant_id', type: 'uuid', write: (to, { tenantId }) => to.uuid(tenantId) },
      { name: 'since', type: 'timestamptz', write: (to, { entry }) => to.time(entry.since) },
      { name: 'priority', type: 'int2', write: (to, { entry }) => to.int2(entry.priority) },
      { name: 'most_held', type: 'int4', write: (to, { entry }) => to.int4(entry.limit) },
      { name: 'held', type: 'int2', write: (to, { entry }) => to.int2(entry.held ? 1 : 0) },
    ]),
    leaving: new Part<GateRow>('leaving', holderColumns),
  };
}

export type Parts = ReturnType<typeof createParts>;

function int2(to: ArrayColumn, value: number | null): void {
  if (value === null) to.null();
  else to.int2(value);
}

function text(to: ArrayColumn, value: string | null): void {
  if (value === null) to.null();
  else to.text(value);
}

function uuid(to: ArrayColumn, value: string | null): void {
  if (value === null) to.null();
  else to.uuid(value);
}

function time(to: ArrayColumn, value: number | null): void {
  if (value === null) to.null();
  else to.time(value);
}
