/** What the lease thread and the main thread say to each other. */
import type { TimeAnswer } from '../database-clock.ts';
import type { TakenShard } from '../store/leases.ts';
import type { Sighting } from '../store/server-sighting.ts';

export type LeaseSettings = {
  /** PostgreSQL without a pooler in between. */
  readonly directUrl: string;
  readonly owner: string;
  readonly leaseMs: number;
  readonly renewMs: number;
  /** A lock on the data directory proves that leases of earlier boots are void. */
  readonly exclusive: boolean;
  /** One BigInt64: when the main loop last ticked, in nanoseconds of the process's monotonic clock. */
  readonly tick: SharedArrayBuffer;
};

export type FromLeaseThread =
  /**
   * A round is over. `asked`: monotonic nanoseconds at which it was begun; the leases hold at least from then.
   * `generation`: the last one that the thread had heard of when it began.
   */
  | {
      readonly kind: 'renewed';
      readonly generation: number;
      readonly asked: bigint;
      readonly time: TimeAnswer;
      readonly taken: readonly TakenShard[];
      readonly lost: readonly number[];
      /** Ours, and more than our share: to be given up as soon as what runs in them is written down. */
      readonly surplus: readonly number[];
      /** All of our shards are given away for good. */
      readonly handedOver: boolean;
    }
  /** Said in each round before anything is done in it. */
  | { readonly kind: 'server'; readonly sighting: Sighting }
  | { readonly kind: 'trouble'; readonly message: string };

export type ToLeaseThread =
  | { readonly kind: 'leave' }
  /** Begin a round now. */
  | { readonly kind: 'look' }
  /** Nothing stands in the way of giving these shards away any more. */
  | { readonly kind: 'give_up'; readonly shards: readonly number[] }
  /** Give all shards away and take no more; others go on counting on us to live. */
  | { readonly kind: 'hand_over' }
  /** What was known of the shards is void; take them anew. Rounds of earlier generations no longer count. */
  | { readonly kind: 'abandon'; readonly generation: number };
