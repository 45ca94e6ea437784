/** `cloudflow test` */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { anyNumber, flag, textOption } from '../../program/option.ts';
import { findCaseFiles, readCaseFile } from '../../workflow-test/case-file.ts';
import { junitReport } from '../../workflow-test/junit.ts';
import { fileReport, fileText } from '../../workflow-test/report.ts';
import { type FileResult, runCases } from '../../workflow-test/run-cases.ts';
import { updateFile } from '../../workflow-test/update.ts';

export const testCommand = command({
  name: 'test',
  summary: 'Run the test cases of workflows, without a server',
  description:
    'Cases stand in a file beside the workflow: order.test.yaml beside order.json. Each runs in virtual time, where a wait of three ' +
    'days takes none; functions run in the sandbox, and requests are answered by mocks: nothing is sent. Exit code 1 when a case ' +
    'fails, 5 when a workflow or a file of cases is not right.',
  arguments: { files: anyNumber('Files of cases, or folders; here when none is named.') },
  options: {
    name: textOption('<text>', 'Only cases whose name holds this.'),
    junit: textOption('<file>', 'Also write the results there as JUnit XML.'),
    update: flag('Write what the runs gave in place of what the cases expect; look at the difference.'),
  },
  examples: [
    { line: 'cloudflow test', text: 'all cases below this folder' },
    { line: 'cloudflow test workflows/order.test.yaml --name refund', text: 'some cases of a file' },
    { line: 'cloudflow test --junit results.xml', text: 'in a continuous integration' },
  ],
  async run({ context, args, options }) {
    // Not before it is wanted: it brings the actions of the server.
    const { openTestBench } = await import('@cloudflow/server/compose/test-bench.ts');
    const bench = openTestBench();
    try {
      const paths = await findCaseFiles(args.files.length === 0 ? ['.'] : args.files, context.world);
      const results: FileResult[] = [];
      for (const path of paths) {
        const file = await readCaseFile(path, context.world);
        const result = await runCases(file, { bench, only: options.name, signal: context.signal });
        results.push(result);
        if (context.output.isForPeople && result.cases.length > 0)
          context.output.painted(fileText(result, context.output.paint));
      }
      return await conclude(context, results, options);
    } finally {
      await bench.close();
    }
  },
});

type Wanted = { readonly junit?: string | undefined; readonly update?: boolean | undefined };

async function conclude(
  { output, messages, world }: Context,
  results: readonly FileResult[],
  { junit, update }: Wanted,
): Promise<'ok' | 'error'> {
  if (!output.isForPeople) output.item(results.map(fileReport), []);
  if (junit !== undefined) await writeFile(resolve(world.cwd, junit), junitReport(results));
  const cases = results.flatMap((each) => each.cases);
  const failed = cases.filter(({ mismatches }) => mismatches.length > 0).length;
  if (cases.length === 0) messages.warn('No case was run.');
  else
    messages.say(failed === 0 ? `${counted(cases.length)} passed.` : `${failed} of ${counted(cases.length)} failed.`);
  if (update === true) {
    let replaced = 0;
    for (const each of results) replaced += await updateFile(each);
    messages.say(`${replaced} expectations were replaced; run the cases again.`);
  }
  return failed === 0 ? 'ok' : 'error';
}

function counted(cases: number): string {
  return cases === 1 ? '1 case' : `${cases} cases`;
}
