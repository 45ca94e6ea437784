/** What an explanation says, in words and as data. Times are milliseconds since the epoch. */
import type { JsonObject } from '../../json.ts';
import type { WaitReason } from '../wait-reason.ts';

export type Explanation = {
  /** One or two sentences: what it is doing, or why it is not moving. */
  readonly summary: string;
  readonly waits: readonly Wait[];
  readonly executing: readonly Executing[];
  /** Steps that wait for their milestone. */
  readonly held: readonly Held[];
};

/** One thing that it waits for. */
export type Wait = {
  readonly reason: WaitReason;
  /** Null when the execution as a whole waits. */
  readonly path: string | null;
  readonly since: number | null;
  /** When it ends by itself at the latest; null: never. */
  readonly until: number | null;
  readonly text: string;
  /** What would end it before that. */
  readonly unblocked_by: string;
  /** What the reason has beside these, such as the names of signals. */
  readonly details: JsonObject;
};

/** A step whose join and `when` are decided, and whose milestone does not hold. */
export type Held = {
  readonly path: string;
  readonly since: number | null;
  readonly text: string;
  readonly unblocked_by: string;
  /** The condition of its milestone. */
  readonly when: string;
};

/** A try that is under way. */
export type Executing = {
  readonly path: string;
  readonly attempt: number;
  readonly since: number | null;
  /** When its time is over. */
  readonly until: number | null;
  readonly text: string;
};

/** What only the server knows of a wait, such as who holds a slot; shown as details. */
export type OutsideFacts = { readonly [Reason in WaitReason]?: JsonObject };
