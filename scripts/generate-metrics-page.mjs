/** Writes docs/reference/metrics.md from the metrics that the parts of the product register. */
import { writeFileSync } from 'node:fs';
import {
  attemptMetrics,
  databaseMetrics,
  engineMetrics,
  engineObserver,
  houseMetrics,
  taskMetrics,
} from '../packages/server/src/compose/part-metrics.ts';
import { silentLog } from '../packages/server/src/kernel/log/log.ts';
import { createHttpMetrics } from '../packages/server/src/kernel/metrics/http-metrics.ts';
import { createMetrics } from '../packages/server/src/kernel/metrics/metrics.ts';
import { createHousekeeping } from '../packages/server/src/ops/index.ts';

const none = () => 0;
const metrics = createMetrics();
createHttpMetrics(metrics);
engineObserver(metrics);
engineMetrics(metrics, {
  inFlight: none,
  runningAttempts: none,
  ownedShards: none,
  waitingAtGates: none,
  leaseAgeMs: none,
  complaint: () => null,
});
attemptMetrics(metrics);
databaseMetrics(metrics, { poolState: () => ({ open: 0, idle: 0, waiting: 0, size: 0 }) });
houseMetrics(metrics);
taskMetrics(metrics);
createHousekeeping({ tasks: [], log: silentLog, metrics });

const text = await metrics.text();
const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
const rows = [...text.matchAll(/^# HELP (cloudflow_\S+) (.+)$/gm)].map(
  ([, name, help]) => `| \`${name}\` | ${types.get(name)} | ${help} |`,
);

const page = `# Metrics

Printed from the code by \`npm run generate\`; do not edit. \`GET /metrics\` answers in the text format of Prometheus. Each
process shows its own numbers: add them up. No label names a tenant or an execution.

| Metric | Type | Meaning |
|---|---|---|
${rows.join('\n')}

Beside them stand the numbers of the Node.js process (\`process_*\`, \`nodejs_*\`): CPU, memory, event loop lag, garbage
collection.
`;

writeFileSync(new URL('../docs/reference/metrics.md', import.meta.url), page);
