/** Collects what is wrong with a document. */
import { closest } from '../text/suggest.ts';
import type { ErrorCode, WarningCode } from './issue-codes.ts';
import type { DefinitionIssue } from './plan.ts';

export type Issues = {
  error(issue: IssueInput<ErrorCode>): void;
  warn(issue: IssueInput<WarningCode>): void;
  /** The word that was probably meant; undefined also when enough errors are known, for then nobody will read it. */
  suggest(word: string, candidates: () => Iterable<string>): string | undefined;
  readonly errors: readonly DefinitionIssue[];
  readonly warnings: readonly DefinitionIssue[];
};

export type IssueInput<Code> = {
  readonly code: Code;
  readonly pointer: string;
  readonly message: string;
  readonly suggestion?: string | undefined;
  readonly position?: number;
};

/** Nobody reads more at once, and a document of 1 MB can be wrong in 100,000 places. */
const most = 100;

export function createIssues(): Issues {
  const errors = createList('errors');
  const warnings = createList('warnings');
  return {
    error: errors.add,
    warn: warnings.add,
    suggest: (word, candidates) => (errors.isFull() ? undefined : closest(word, candidates())),
    get errors() {
      return errors.all();
    },
    get warnings() {
      return warnings.all();
    },
  };
}

function createList(what: string) {
  const kept: DefinitionIssue[] = [];
  let more = 0;
  return {
    add({ suggestion, ...issue }: IssueInput<string>) {
      if (kept.length >= most) more += 1;
      else kept.push(suggestion === undefined ? issue : { ...issue, suggestion });
    },
    isFull: () => kept.length >= most,
    all(): readonly DefinitionIssue[] {
      return more === 0
        ? kept
        : [
            ...kept,
            {
              code: 'more_issues',
              pointer: '',
              message: `there are ${more} more ${what}; these are the first ${most}`,
            },
          ];
    },
  };
}
