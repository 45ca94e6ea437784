import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { type Schema, typeText } from './type-text.ts';

/** On one line. */
const text = (schema: object, names: Record<string, Schema> = {}) =>
  typeText(JSON.parse(JSON.stringify(schema)) as Schema, (each) =>
    Object.keys(names).find((name) => JSON.stringify(names[name]) === JSON.stringify(each)),
  ).replaceAll('\n', ' ');

describe('the type of a schema', () => {
  it.each([
    [Type.String({ format: 'uuid' }), 'string'],
    [Type.Integer(), 'number'],
    [Type.Unknown(), 'unknown'],
    [Type.Null(), 'null'],
    [Type.Literal("it's"), String.raw`'it\'s'`],
    [Type.Enum(['a', 'b']), "'a' | 'b'"],
    [Type.Union([Type.Literal('a'), Type.Null()]), "'a' | null"],
    [Type.Union([Type.String(), Type.Unknown()]), 'unknown'],
    [Type.Array(Type.Union([Type.String(), Type.Number()])), 'readonly (string | number)[]'],
    [Type.Tuple([Type.String(), Type.Number()]), 'readonly [string, number]'],
    [Type.Record(Type.String(), Type.Integer()), '{ readonly [name: string]: number; }'],
    [
      Type.Object({ a: Type.String(), 'b-c': Type.Optional(Type.Boolean()) }),
      "{ readonly a: string; readonly 'b-c'?: boolean; }",
    ],
    [Type.Object({}, { additionalProperties: true }), '{ readonly [name: string]: unknown; }'],
    [
      Type.Object({ id: Type.String() }, { additionalProperties: true }),
      '{ readonly id: string; readonly [name: string]: unknown; }',
    ],
  ])('%j is %s', (schema, expected) => expect(text(schema)).toBe(expected));

  it('carries what the schema says of a field, so that it cannot end the comment', () => {
    expect(text(Type.Object({ a: Type.String({ description: 'x */ y' }) }))).toBe(
      String.raw`{ /** x *\/ y */ readonly a: string; }`,
    );
  });

  it('is the name of a shape that has one, wherever it stands', () => {
    const named = { Point: { type: 'object', properties: { x: { type: 'number' } } } };
    expect(text({ type: 'array', items: named.Point }, named)).toBe('readonly (Point)[]');
  });

  it('is not guessed', () => {
    expect(() => text({ type: 'date' })).toThrow('date');
    expect(() => text({ $ref: '#/components/schemas/Problem' })).toThrow('Problem');
  });
});
