/**
 * The one history that this process believes in: that of the server which its leases and its journal are written to. Every
 * session that writes says which server it found. When that is another one (a promoted standby, another cluster), or the same
 * with less than it had (an older copy was put in place), what was confirmed may be gone, and all that is known is void.
 *
 * Kept in the main thread for the lease thread and the lane together: neither can go on in another history than the other.
 */
import type { Logger } from '../../kernel/log/log.ts';
import type { Sighting } from '../store/server-sighting.ts';

export type ServerHistory = {
  /** False: it was seen before what is known now, and is of another history: nothing may be done in that session. */
  notice(seen: Sighting): boolean;
  /** How often another history has shown itself: a session made before the last time is not to be used. */
  readonly changes: number;
};

export type ServerHistoryDeps = {
  readonly log: Logger;
  /** All that is in memory is void, and sessions of the former history are to be thrown away. */
  onChanged(): void;
};

export function createServerHistory({ log, onChanged }: ServerHistoryDeps): ServerHistory {
  let known: Sighting | null = null;
  let changes = 0;

  function notice(seen: Sighting): boolean {
    const before = known;
    if (before === null || continues(before, seen)) {
      if (before === null || seen.flushed > before.flushed) known = seen;
      return true;
    }
    if (seen.answered < before.asked) return false;
    known = seen;
    changes += 1;
    log.error(
      { before: shown(before), now: shown(seen) },
      'another database server answers, or an older copy of the same: everything in memory is dropped and read again',
    );
    onChanged();
    return true;
  }

  return {
    notice,
    get changes() {
      return changes;
    },
  };
}

/** What was asked before the other was answered may have been answered before it: having less then proves nothing. */
function continues(before: Sighting, seen: Sighting): boolean {
  if (seen.system !== before.system || seen.timeline !== before.timeline) return false;
  return seen.flushed >= before.flushed || seen.asked <= before.answered;
}

function shown({ system, timeline, flushed }: Sighting): object {
  return { system, timeline, flushed: flushed.toString() };
}
