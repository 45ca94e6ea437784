/** What a setting is, and the types that settings have: how a text becomes a value, or a reason why it cannot. */

export type Setting<T> = {
  /** The environment variable. */
  readonly key: string;
  /** One line for people. */
  readonly text: string;
  /** As it would be written in the environment; null: absent. */
  readonly default: string | null;
  readonly type: SettingType<T>;
  /** Masked wherever it is printed; `<key>_FILE` may name a file that holds it. */
  readonly secret?: true;
};

export type SettingType<T> = {
  /** For the reference page, such as `duration, 1s to 1h`. */
  readonly name: string;
  /** Throws a `SettingError` that says what was expected. */
  parse(text: string): T;
};

export class SettingError extends Error {}

export function integer(least: number, most: number): SettingType<number> {
  const name = `whole number, ${least} to ${most}`;
  return {
    name,
    parse(text) {
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < least || value > most) throw new SettingError(`expected a ${name}`);
      return value;
    },
  };
}

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, written as `500ms`, `25s`, `10m`, `1h`, `7d`. */
export function duration(least: string, most: string): SettingType<number> {
  return scaled({ name: `duration, ${least} to ${most}`, units: durationUnits, least, most });
}

const sizeUnits: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Bytes, written as `512KB`, `1MB`. */
export function size(least: string, most: string): SettingType<number> {
  return scaled({ name: `size, ${least} to ${most}`, units: sizeUnits, least, most });
}

/** A number of months, or null for `forever`. */
export function months(least: number, most: number): SettingType<number | null> {
  const name = `months, ${least} to ${most}, or \`forever\``;
  return {
    name,
    parse(text) {
      if (text === 'forever') return null;
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < least || value > most) throw new SettingError(`expected ${name}`);
      return value;
    },
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): SettingType<T> {
  return {
    name: words.map((word) => `\`${word}\``).join(', '),
    parse(text) {
      const found = words.find((word) => word === text);
      if (found === undefined) throw new SettingError(`expected one of ${words.join(', ')}`);
      return found;
    },
  };
}

/** A list separated by commas; spaces around an entry do not count. */
export function listOf<T>(entry: SettingType<T>): SettingType<readonly T[]> {
  return {
    name: `list of ${entry.name}, separated by commas`,
    parse: (text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map((part) => {
          try {
            return entry.parse(part);
          } catch (error) {
            throw error instanceof SettingError ? new SettingError(`${error.message} at "${part}"`) : error;
          }
        }),
  };
}

export function textLike(name: string, pattern: RegExp): SettingType<string> {
  return {
    name,
    parse(text) {
      if (!pattern.test(text)) throw new SettingError(`expected ${name}`);
      return text;
    },
  };
}

/** Of a file or a directory. */
export const path: SettingType<string> = {
  name: 'a path',
  parse(text) {
    // Only a shell knows what it means; in an env file it would be a directory of that name.
    if (text.startsWith('~')) throw new SettingError('expected a path without ~ at its start: write all of it');
    return text;
  },
};

/** An absent value stays null. */
export function optional<T>(type: SettingType<T>): SettingType<T | null> {
  return type;
}

type Scale = {
  readonly name: string;
  readonly units: Readonly<Record<string, number>>;
  readonly least: string;
  readonly most: string;
};

function scaled({ name, units, least, most }: Scale): SettingType<number> {
  const [lowest, highest] = [amount(least, units) ?? 0, amount(most, units) ?? 0];
  const names = Object.keys(units).join(', ');
  return {
    name,
    parse(text) {
      const value = amount(text, units);
      if (value === undefined) throw new SettingError(`expected a number with a unit (${names})`);
      if (value < lowest || value > highest) throw new SettingError(`expected a ${name}`);
      return value;
    },
  };
}

function amount(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,3})?) ?([A-Za-z]+)$/.exec(text);
  const unit = match && Object.hasOwn(units, match[2] ?? '') ? units[match[2] ?? ''] : undefined;
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : undefined;
}
