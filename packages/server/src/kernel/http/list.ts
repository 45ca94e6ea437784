/** What all lists have in common: page size, opaque cursors, and the shape of a page. */
import Type, { type Static, type TSchema } from 'typebox';
import { problem } from '../errors/problem.ts';
import { createCheck } from './check-input.ts';

/** Spread into the query schema of a list. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Most entries of a page.' })),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1024, description: '`next_cursor` of the page before.' }),
  ),
};

export const defaultLimit = 50;

/** The schema of a page of `entry`. */
export function pageOf<T extends TSchema>(entry: T) {
  return Type.Object({
    data: Type.Array(entry),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Pass it on as `cursor`; null on the last page.',
    }),
  });
}

/** A page of what was read: one row more than `limit` was asked for, which says that there is another page. */
export function pageFrom<Row, View>(
  rows: readonly Row[],
  limit: number,
  { view, cursorOf }: { readonly view: (row: Row) => View; readonly cursorOf: (last: Row) => string },
): { data: View[]; next_cursor: string | null } {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { data: rows.slice(0, limit).map(view), next_cursor: last ? cursorOf(last) : null };
}

export type CursorCodec<T> = {
  encode(position: T): string;
  /** Undefined for an absent cursor; throws the problem `invalid_cursor` for one that this list did not make. */
  decode(cursor: string | undefined): T | undefined;
};

/**
 * Cursors of one list. They hold a position and nothing secret: whoever forges one gets another page of what he may see
 * anyway, so they are checked for form and not signed. `kind` keeps the cursors of different lists apart.
 */
export function createCursor<S extends TSchema>(kind: string, schema: S): CursorCodec<Static<S>> {
  const check = createCheck(Type.Tuple([Type.Literal(kind), schema]));
  return {
    encode: (position) => Buffer.from(JSON.stringify([kind, position])).toString('base64url'),
    decode(cursor) {
      if (cursor === undefined) return undefined;
      const value = parse(cursor);
      if (value === undefined || check(value).length > 0) throw problem('invalid_cursor');
      return value[1];
    },
  };

  function parse(cursor: string): [string, Static<S>] | undefined {
    try {
      return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [string, Static<S>];
    } catch {
      return undefined;
    }
  }
}
