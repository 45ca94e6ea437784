/** `cloudflow workflow fmt` */
import { writeFile } from 'node:fs/promises';
import { withFieldsInOrder } from '@cloudflow/core/definition/compare/field-order.ts';
import { arrangeYaml } from '../../definition/arrange-yaml.ts';
import {
  type DefinitionFile,
  findDefinitionFiles,
  readDefinition,
  readDefinitionFile,
} from '../../definition/definition-file.ts';
import { command } from '../../program/command.ts';
import { flag, several } from '../../program/option.ts';

export const fmtCommand = command({
  name: 'fmt',
  summary: 'Write definitions in one form',
  description:
    'Fields in the order in which people read them, two spaces; comments of YAML stay. The meaning does not change. TypeScript ' +
    'has formatters of its own, and is left as it is.',
  arguments: { files: several('Files, folders, or - for stdin, which goes to stdout.') },
  options: { check: flag('Change nothing; exit code 5 when a file is not in this form.') },
  examples: [
    { line: 'cloudflow workflow fmt workflows/', text: 'all of a folder' },
    { line: 'cloudflow workflow fmt --check workflows/', text: 'in a build' },
  ],
  async run({ context, args, options }) {
    const { world, output, messages } = context;
    if (args.files.length === 1 && args.files[0] === '-') {
      output.text(formatted(await readDefinition('-', world)));
      return undefined;
    }
    const changed: string[] = [];
    for (const path of await findDefinitionFiles(args.files, world)) {
      const file = await readDefinitionFile(path, world);
      if (file.source === undefined) continue;
      const text = formatted(file);
      if (text === file.source.text) continue;
      if (options.check !== true) await writeFile(path, text);
      changed.push(file.name);
    }
    for (const file of changed) output.event({ file }, file);
    if (options.check !== true) messages.say(`${changed.length} ${changed.length === 1 ? 'file' : 'files'} changed.`);
    else if (changed.length > 0) messages.say(`${changed.length} not in form; \`cloudflow workflow fmt\` writes them.`);
    return options.check === true && changed.length > 0 ? 'validation' : 'ok';
  },
});

function formatted({ document, source }: DefinitionFile): string {
  const ordered = withFieldsInOrder(document);
  if (source === undefined || source.isJson) return `${JSON.stringify(ordered, null, 2)}\n`;
  arrangeYaml(source.tree, ordered);
  return source.tree.toString({ lineWidth: 120 });
}
