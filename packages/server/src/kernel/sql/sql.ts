/**
 * The `sql` tag: a statement whose values are always parameters.
 *
 * Values become `$1, $2, …`; a fragment made by `sql` may be nested in another one and is renumbered. Identifiers cannot
 * be passed on purpose: a table name that is data is a design mistake, and the few statements that need one (partitions,
 * migrations) live in the kernel and build their text themselves.
 */

/** A statement or a part of one. Only `sql` makes these: an object out of a request can never pass as a fragment. */
export type Sql = { readonly text: string; readonly values: readonly unknown[] };

type Piece = { readonly strings: readonly string[]; readonly values: readonly unknown[] };

/** Fragments that `sql` made; membership is what tells a fragment from a value that happens to look like one. */
const pieces = new WeakMap<Sql, Piece>();

/** Texts of statements without nested fragments, built once per place in the code. */
const texts = new WeakMap<TemplateStringsArray, string>();

export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const nested = values.some(isFragment);
  const piece = nested ? flatten(strings, values) : { strings, values };
  const text = nested ? numbered(piece.strings) : cachedText(strings);
  return register(text, piece);
}

function register(text: string, piece: Piece): Sql {
  const statement: Sql = Object.freeze({ text, values: piece.values });
  pieces.set(statement, piece);
  return statement;
}

function isFragment(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && pieces.has(value as Sql);
}

/** Puts nested fragments in line: n + 1 strings around n values, none of which is a fragment. */
function flatten(strings: readonly string[], values: readonly unknown[]): Piece {
  const flatValues: unknown[] = [];
  const flatStrings: string[] = [strings[0] ?? ''];
  const glue = (text: string) => {
    flatStrings[flatStrings.length - 1] += text;
  };
  values.forEach((value, index) => {
    const inner = isFragment(value) ? pieces.get(value) : undefined;
    if (inner === undefined) {
      flatValues.push(value);
      flatStrings.push('');
    } else {
      glue(inner.strings[0] ?? '');
      flatValues.push(...inner.values);
      flatStrings.push(...inner.strings.slice(1));
    }
    glue(strings[index + 1] ?? '');
  });
  return { strings: flatStrings, values: flatValues };
}

function cachedText(strings: TemplateStringsArray): string {
  let text = texts.get(strings);
  if (text === undefined) {
    text = numbered(strings);
    texts.set(strings, text);
  }
  return text;
}

function numbered(strings: readonly string[]): string {
  return strings.reduce((text, part, index) => (index === 0 ? part : `${text}$${index}${part}`), '');
}
