/**
 * A control-flow pattern: what it means, how the language says it, and a run that shows it. Names and numbers are those of
 * Russell, ter Hofstede, van der Aalst and Mulyar, "Workflow Control-Flow Patterns: A Revised View" (BPM-06-22, 2006).
 */
import type { Case } from '../cases/case.ts';

export type Pattern = {
  /** From 1 to 43: WCP-n. */
  readonly number: number;
  readonly name: string;
  /** What it means, whatever the language. */
  readonly meaning: string;
  /** How it is written here. */
  readonly written: string;
  readonly shown: Omit<Case, 'name'>;
};
