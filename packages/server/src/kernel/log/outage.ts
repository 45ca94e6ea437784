/** Something that is tried again and again and may fail for an hour: told when that begins and when it is over. */
import type { Logger } from './log.ts';

export type Outage = {
  /** It failed again. The first time is a warning with everything, the others are only seen by who debugs. */
  failed(facts: Readonly<Record<string, unknown>>): void;
  /** It succeeded. Cheap to call every time. */
  over(): void;
};

export type OutageWords = {
  /** `leases could not be renewed; it is tried again` */
  readonly failed: string;
  /** `leases are renewed again` */
  readonly over: string;
};

export function createOutage(log: Logger, words: OutageWords): Outage {
  let failures = 0;
  return {
    failed(facts) {
      failures += 1;
      log[failures === 1 ? 'warn' : 'debug'](facts, words.failed);
    },
    over() {
      if (failures === 0) return;
      log.info({ failures }, words.over);
      failures = 0;
    },
  };
}
