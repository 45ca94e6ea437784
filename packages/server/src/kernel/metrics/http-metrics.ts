/** Rate, errors and duration of every route. The label is the route's pattern, so that ids do not make series. */
import type { Metrics } from './metrics.ts';

export function createHttpMetrics(metrics: Metrics) {
  const duration = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by `method`, `route` and `status`',
    labels: ['method', 'route', 'status'],
  });
  // The library's own look-up by labels sorts and joins them each time.
  const children = new Map<string, Child>();

  function childOf(method: string, pattern: string, status: number): Child {
    const key = `${method} ${pattern} ${status}`;
    const known = children.get(key);
    if (known) return known;
    const made = duration.labels(method, pattern, String(status));
    children.set(key, made);
    return made;
  }

  return function observe(method: string, pattern: string, status: number, seconds: number): void {
    childOf(method, pattern, status).observe(seconds);
  };
}

type Child = { observe(seconds: number): void };
