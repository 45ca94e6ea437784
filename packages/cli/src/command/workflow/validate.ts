/** `cloudflow workflow validate` */
import { createChecker, type Verdict } from '../../definition/check-definition.ts';
import { type DefinitionFile, readDefinitionFiles } from '../../definition/definition-file.ts';
import { issueText } from '../../definition/issue-text.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { flag, several } from '../../program/option.ts';

export const validateCommand = command({
  name: 'validate',
  summary: 'Check definitions without saving them',
  description:
    'By the server where one is reachable, since it knows its actions, credentials and workflows; else by the same compiler ' +
    'here. Exit code 5 when one cannot be published.',
  arguments: { files: several('Files, folders, or - for stdin.') },
  options: { local: flag('Do not ask the server.') },
  examples: [
    { line: 'cloudflow workflow validate workflows/', text: 'all of a folder' },
    { line: 'cloudflow workflow validate order.yaml -o json', text: 'for a program' },
  ],
  async run({ context, args, options }) {
    const check = createChecker(context, { local: options.local === true });
    const files = await readDefinitionFiles(args.files, context.world);
    const checked: Checked[] = [];
    for (const file of files) checked.push({ file, verdict: await check(file.document) });
    print(context, checked);
    return checked.every(({ verdict }) => verdict.valid) ? 'ok' : 'validation';
  },
});

type Checked = { readonly file: DefinitionFile; readonly verdict: Verdict };

function print({ output, messages }: Context, checked: readonly Checked[]): void {
  const wrong = checked.filter(({ verdict }) => !verdict.valid).length;
  for (const { file, verdict } of checked) {
    const { valid, errors, warnings, checkedBy } = verdict;
    if (!output.isForPeople) {
      const placed = (issues: Verdict['errors']) =>
        issues.map((each) => ({ ...each, place: file.placeOf(each.pointer) }));
      const made = {
        file: file.name,
        valid,
        errors: placed(errors),
        warnings: placed(warnings),
        checked_by: checkedBy,
      };
      output.event(made, '');
      continue;
    }
    for (const each of errors) output.painted(issueText(file, 'error', each, output.paint));
    for (const each of warnings) output.painted(issueText(file, 'warning', each, output.paint));
  }
  const count = `${checked.length} ${checked.length === 1 ? 'definition' : 'definitions'}`;
  messages.say(wrong === 0 ? `${count}: valid.` : `${wrong} of ${count} cannot be published.`);
}
