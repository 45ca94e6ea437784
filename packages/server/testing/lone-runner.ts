/** A runner to which nothing happens but what the test does: no lane, no attempts, no timers. */
import { createRunner, type Runner } from '../src/engine/runner/runner.ts';
import { silentLog } from '../src/kernel/log/log.ts';

export function loneRunner(): Runner {
  const none = () => undefined;
  return createRunner({
    clock: { now: () => 1 },
    log: silentLog,
    wakeLane: none,
    beginTry: none,
    resolveChild: none,
    abortTry: none,
    stopElsewhere: none,
    armTimer: none,
    onAsleep: none,
    onWritten: none,
    pausesFor: () => [],
    resumesFor: () => [],
    readAnew: none,
    onStartSettled: none,
    onEnded: none,
    atOwnGate: () => false,
    onConsumed: none,
    onSurvived: none,
    storing: { add: none, takeReady: () => [] },
    snapshots: { taken: none, evicted: none, settled: none },
  });
}
