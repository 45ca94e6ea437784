/** The numbers that /metrics shows. Services make theirs here at the start; labels are few and bounded, and never name a tenant. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type MetricOptions<L extends string> = {
  /** Without the prefix `cloudflow_`, with its unit: `flush_duration_seconds`, `executions_started_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly L[];
};

export type Metrics = {
  counter<L extends string = never>(options: MetricOptions<L>): Counter<L>;
  /** With `read`, the value is asked for whenever somebody looks. */
  gauge<L extends string = never>(options: MetricOptions<L> & { readonly read?: () => number }): Gauge<L>;
  histogram<L extends string = never>(
    options: MetricOptions<L> & { readonly buckets?: readonly number[] },
  ): Histogram<L>;
  /** All of them in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
};

/** Seconds: from a hop in memory to a `?wait` that lasts. */
const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createMetrics(): Metrics {
  const registry = new Registry();
  // Event loop lag, memory, garbage collection, open handles.
  collectDefaultMetrics({ register: registry });

  const common = <L extends string>({ name, help, labels = [] }: MetricOptions<L>) => ({
    name: `cloudflow_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  return {
    counter: (options) => new Counter(common(options)),
    gauge({ read, ...options }) {
      const collect = read && {
        collect(this: Gauge) {
          this.set(read());
        },
      };
      return new Gauge({ ...common(options), ...collect });
    },
    histogram: ({ buckets = latencyBuckets, ...options }) =>
      new Histogram({ ...common(options), buckets: [...buckets] }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
