/** Two engines side by side: what each did, and how many times as much one did as the other. */
import type { Measured } from '../measure.ts';

export type Pair = {
  readonly what: string;
  readonly inFlight: number;
  readonly ours: Measured;
  readonly peer: Measured;
  readonly peerName: string;
};

export function printPairs(ceiling: Measured, pairs: readonly Pair[]): string {
  const rows = pairs.map(({ what, inFlight, ours, peer, peerName }) => [
    `${what}, ${inFlight === 1 ? 'alone' : `${inFlight} in flight`}`,
    `${ours.executionsPerSecond}/s, p50 ${ours.p50} ms, p99 ${ours.p99} ms`,
    `${peerName}: ${peer.executionsPerSecond}/s, p50 ${peer.p50} ms, p99 ${peer.p99} ms`,
    `${(ours.executionsPerSecond / peer.executionsPerSecond).toFixed(1)} ×`,
  ]);
  const head = ['five recorded steps', 'CloudFlow', 'peer', 'ratio'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [`bare journal of this run: ${ceiling.executionsPerSecond}/s`, '', ...table].join('\n');
}
