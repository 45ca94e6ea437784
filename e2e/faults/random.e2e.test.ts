/** The short form of `npm run faults`: random workflows, random faults, held against the rules. */
import { expect, it } from 'vitest';
import { faultRun } from './fault-run.ts';
import { failuresOf } from './fault-verdict.ts';

it('random workflows end as the rules say, whatever happens to the processes and the database [F02 F03 F06 F07 F09 F11 F16]', async () => {
  const report = await faultRun({ seconds: 40, say: (text) => console.log(text) });
  console.log(
    JSON.stringify({ ...report, verdict: { steps: report.verdict.steps, repeated: report.verdict.repeated } }),
  );
  expect(failuresOf(report)).toEqual([]);
  expect(Object.keys(report.faults).length).toBeGreaterThan(0);
}, 300_000);
