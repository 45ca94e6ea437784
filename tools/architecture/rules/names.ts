/** File names say what a file is, and their suffix its kind; comments leave no loose ends. */
import type { SourceFile } from '../source-file.ts';
import type { Violation } from '../violation.ts';

const NAME =
  /^[a-z0-9]+(-[a-z0-9]+)*(\.v\d+)?(\.(action|trigger|generated))?(\.(test|db\.test|e2e\.test|conformance|config|d))?\.ts$/;
const EMPTY_WORDS = /^(utils?|helpers?|common|misc|manager|shared|stuff|[a-z-]+-(utils?|helpers?|manager))\./;
const LOOSE_END = /\b(TODO|FIXME|XXX|HACK)\b/;

export function checkNames(file: SourceFile): Violation[] {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const found: Violation[] = [];
  const add = (line: number, message: string) => found.push({ path: file.path, line, message });
  if (!NAME.test(name))
    add(
      1,
      'is not named in kebab-case with a suffix of the list: .test .db.test .e2e.test .conformance .action .trigger .generated',
    );
  if (EMPTY_WORDS.test(name)) add(1, 'is named after nothing in particular: name it after what it holds');
  if (name === 'types.ts' && file.place.server?.layer === 'service')
    add(1, 'collects types: a type lives beside what gives it its meaning');
  for (const { text, line } of file.comments) {
    const word = LOOSE_END.exec(text)?.[0];
    if (word !== undefined) add(line, `leaves a ${word}: finish it, or write down in an issue what is missing`);
  }
  return found;
}
