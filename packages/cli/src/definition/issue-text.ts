/** What is wrong with a definition, as a line that an editor can jump to. */
import type { DefinitionIssue } from '@cloudflow/core/definition/plan.ts';
import type { Paint } from '../output/paint.ts';
import { plainText } from '../output/plain-text.ts';
import type { DefinitionFile } from './definition-file.ts';

type Issue = Pick<DefinitionIssue, 'code' | 'pointer' | 'message' | 'suggestion'>;

export function issueText(file: DefinitionFile, kind: 'error' | 'warning', issue: Issue, paint: Paint): string {
  const { code, pointer, message, suggestion } = issue;
  const meant = suggestion === undefined || /did you mean/i.test(message) ? '' : ` (did you mean ${suggestion}?)`;
  const word = paint(kind === 'error' ? 'red' : 'yellow', kind);
  return `${paint('bold', plainText(file.placeOf(pointer)))} ${word} ${plainText(message + meant)} ${paint('dim', plainText(`[${code}] ${pointer}`))}`;
}
