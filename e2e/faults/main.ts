/**
 * The long form of the fault tests; a short one runs with the other tests.
 *
 *   npm run faults -- [--minutes 10] [--seed 1234]
 */
import { parseArgs } from 'node:util';
import { faultRun } from './fault-run.ts';
import { failuresOf } from './fault-verdict.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const report = await faultRun({
  seconds: Number(values.minutes) * 60,
  ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
  say: (text) => console.error(text),
});
const { verdict, damage, surprises, ...counts } = report;
console.log(counts);
console.log({ steps: verdict.steps, repeated: verdict.repeated, ratio: report.disturbed / report.calm });
const failures = failuresOf(report);
for (const failure of failures) console.error(failure);
if (failures.length > 0) console.error(JSON.stringify({ damage, surprises: surprises.slice(0, 5) }, null, 2));
console.log(failures.length === 0 ? 'sound' : `NOT SOUND; --seed ${report.seed} repeats it`);
process.exitCode = failures.length === 0 ? 0 : 1;
