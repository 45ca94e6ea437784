/** The kinds of options and arguments there are. */

import { parseDuration } from '@cloudflow/core/definition/duration.ts';
import { closest } from '@cloudflow/core/text/suggest.ts';
import { usageFailure } from '../failure/failure.ts';

export type Option<T> = {
  readonly text: string;
  readonly short?: string;
  /** How its value is called in help; a flag has none. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly preset?: T;
  /** Only for its type. */
  readonly of?: T;
  /** Reads one value; `previous` is what was read from the same option before. Throws a `Failure`. */
  parse?(text: string, previous: T | undefined): T;
};

export type Argument<T> = {
  readonly text: string;
  readonly required: boolean;
  readonly variadic?: boolean;
  readonly choices?: readonly string[];
  readonly of?: T;
};

type More<T> = { readonly short?: string; readonly preset?: T };

export function flag(text: string, more: { readonly short?: string } = {}): Option<boolean | undefined> {
  return { text, ...more };
}

export function textOption(value: string, text: string, more: More<string> = {}): Option<string | undefined> {
  return { text, value, ...more };
}

export function integerOption(
  value: string,
  text: string,
  { least = 0, most, ...more }: More<number> & { readonly least?: number; readonly most: number },
): Option<number | undefined> {
  return {
    text,
    value,
    ...more,
    parse(given) {
      const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      if (number >= least && number <= most) return number;
      throw usageFailure(`"${given}" is not a number from ${least} to ${most}.`);
    },
  };
}

/** In milliseconds, written as everywhere in definitions: `10s`, `5m`, `PT1H`. */
export function durationOption(value: string, text: string, more: More<number> = {}): Option<number | undefined> {
  return {
    text,
    value,
    ...more,
    parse(given) {
      const ms = parseDuration(given);
      if (ms !== undefined) return ms;
      throw usageFailure(`"${given}" is not a duration.`, 'Write it as 500ms, 10s, 5m, 2h or 1d.');
    },
  };
}

export function choiceOption<const Choice extends string>(
  choices: readonly Choice[],
  text: string,
  more: More<Choice> = {},
): Option<Choice | undefined> {
  const parse = (given: string): Choice => {
    const found = choices.find((each) => each === given.toLowerCase());
    if (found !== undefined) return found;
    const meant = closest(given.toLowerCase(), choices);
    throw usageFailure(
      `"${given}" is not one of ${choices.join(', ')}.`,
      meant === undefined ? undefined : `Did you mean ${meant}?`,
    );
  };
  return { text, value: choices.join('|'), choices, ...more, parse };
}

/** May be given several times; each time with one value, or with several and commas between. */
export function listOption(
  value: string,
  text: string,
  more: { readonly short?: string } = {},
): Option<readonly string[]> {
  return {
    text: `${text} May be repeated.`,
    value,
    ...more,
    parse: (given, previous = []) => [...previous, ...given.split(',').map((each) => each.trim())],
    preset: [],
  };
}

/** `name=value`, several times. */
export function pairsOption(value: string, text: string): Option<Readonly<Record<string, string>>> {
  return {
    text: `${text} May be repeated.`,
    value,
    parse(given, previous = {}) {
      const at = given.indexOf('=');
      if (at < 1) throw usageFailure(`"${given}" is not a pair.`, `Write it as ${value}.`);
      return { ...previous, [given.slice(0, at)]: given.slice(at + 1) };
    },
    preset: {},
  };
}

export function required(text: string): Argument<string> {
  return { text, required: true };
}

export function choiceArgument<const Choice extends string>(
  choices: readonly Choice[],
  text: string,
): Argument<Choice> {
  return { text: `${text} One of ${choices.join(', ')}.`, required: true, choices };
}

export function optional(text: string): Argument<string | undefined> {
  return { text, required: false };
}

export function several(text: string): Argument<readonly string[]> {
  return { text, required: true, variadic: true };
}

export function any(text: string): Argument<readonly string[]> {
  return { text, required: false, variadic: true };
}

/** Any number, or none. */
export function anyNumber(text: string): Argument<readonly string[]> {
  return { text, required: false, variadic: true };
}
