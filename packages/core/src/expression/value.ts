/** What an expression computes with: JSON, and the few types of CEL that JSON does not have. */
import { Resolver, type StaticType } from './expression.ts';

/** A type of CEL that JSON lacks; each has its own way to become JSON (see to-json.ts). */
export abstract class Special {
  abstract readonly type: StaticType;
}

/** A point in time, to the millisecond, between the years 1 and 9999. */
export class Timestamp extends Special {
  readonly type = 'timestamp';
  /** Milliseconds since the epoch. */
  readonly ms: number;
  constructor(ms: number) {
    super();
    this.ms = ms;
  }
}

/** A length of time, to the millisecond; may be negative. */
export class Duration extends Special {
  readonly type = 'duration';
  readonly ms: number;
  constructor(ms: number) {
    super();
    this.ms = ms;
  }
}

export class Bytes extends Special {
  readonly type = 'bytes';
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }
}

/** A value that may be absent: what `.?field` gives. */
export class Optional extends Special {
  readonly type = 'optional';
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    super();
    this.value = value;
  }
}

export const none = new Optional(undefined);

/** What `type(x)` gives. */
export class TypeValue extends Special {
  readonly type = 'type';
  readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
  }
}

export type ValueMap = { readonly [key: string]: Value };
export type Value = null | boolean | number | string | readonly Value[] | ValueMap | Resolver | Special;

/** The type of a value at run time. A Resolver is a map whose fields are found on demand. */
export function typeOf(value: Value): StaticType {
  switch (typeof value) {
    case 'number':
      return 'number';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    default:
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'list';
      return value instanceof Special ? value.type : 'map';
  }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** A map that holds its fields itself; not a Resolver. */
export function isMap(value: Value): value is ValueMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Special) &&
    !(value instanceof Resolver)
  );
}

/** The own field of a map; a prototype is never asked. */
export function ownField(map: ValueMap, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Sets a field as data whatever its name is: plain assignment of `__proto__` would change the prototype instead. */
export function setOwn<T>(map: { [key: string]: T }, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    map[key] = value;
  }
}

/** The types that a name such as `int` or `string` stands for when it is no variable. */
export const typeNames: ReadonlyMap<string, TypeValue> = new Map(
  [
    'bool',
    'bytes',
    'double',
    'int',
    'list',
    'map',
    'null_type',
    'string',
    'type',
    'uint',
    'optional_type',
    'google.protobuf.Timestamp',
    'google.protobuf.Duration',
  ].map((name) => [name, new TypeValue(name)]),
);
