/** `cloudflow init`: a folder to begin with. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import { optional } from '../../program/option.ts';
import { projectFiles } from './project-files.ts';

export const initCommand = command({
  name: 'init',
  summary: 'Make a project: a workflow, an action, a test, and cloudflow.yaml',
  description: 'Nothing that is there is overwritten: when one of the files exists, none is written.',
  arguments: { folder: optional('Where; this folder when absent.') },
  examples: [{ line: 'cloudflow init my-flows && cd my-flows && cloudflow dev', text: 'and it runs' }],
  async run({ context: { world, output, messages }, args }) {
    const folder = resolve(world.cwd, args.folder ?? '.');
    const files = Object.entries(projectFiles(basename(folder)));
    const there = files.map(([name]) => name).filter((name) => existsSync(join(folder, name)));
    if (there.length > 0) {
      throw new Failure(`${folder} has ${there.join(', ')} already.`, {
        ending: 'conflict',
        code: 'conflict',
        remedy: 'Name a new folder: cloudflow init my-flows.',
      });
    }
    for (const [name, text] of files) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      // Not even what has come since we looked.
      await writeFile(path, text, { flag: 'wx' });
      output.event({ file: path }, name);
    }
    const enter = args.folder === undefined ? '' : `cd ${args.folder} && `;
    messages.say(`Go on with: ${enter}cloudflow dev`);
    return undefined;
  },
});
