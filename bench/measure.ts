/** One measurement: so many executions with so many in flight, and what they cost. */
export type Measured = {
  readonly executionsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Bytes of write-ahead log per execution. */
  readonly walBytes: number;
  /** Microseconds of this process's processor time per execution; the servers' are not in it. */
  readonly cpuMicros: number;
};

export type MeasureOptions = {
  readonly count: number;
  readonly inFlight: number;
  readonly warmUp: number;
  readonly run: (n: number) => Promise<void>;
  /** Bytes of write-ahead log since the beginning of time. */
  readonly wal: () => Promise<bigint>;
  /** Microseconds of processor time so far; this process's when absent. */
  readonly cpu?: () => number;
};

export async function measure({ count, inFlight, warmUp, run, wal, cpu = ownCpu }: MeasureOptions): Promise<Measured> {
  await round(warmUp, inFlight, run);
  const [walBefore, cpuBefore, since] = [await wal(), cpu(), performance.now()];
  const latencies = await round(count, inFlight, run);
  const seconds = (performance.now() - since) / 1_000;
  const [walAfter, cpuAfter] = [await wal(), cpu()];
  latencies.sort((a, b) => a - b);
  return {
    executionsPerSecond: Math.round(count / seconds),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    walBytes: Math.round(Number(walAfter - walBefore) / count),
    cpuMicros: Math.round((cpuAfter - cpuBefore) / count),
  };
}

async function round(count: number, inFlight: number, run: (n: number) => Promise<void>): Promise<number[]> {
  const latencies: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    // Real clients do not march in step.
    if (inFlight > 1) await new Promise((go) => setTimeout(go, Math.random() * 20));
    while (next < count) {
      next += 1;
      const since = performance.now();
      await run(next);
      latencies.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  return latencies;
}

export function quantile(sorted: readonly number[], q: number): number {
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0).toFixed(2));
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
