/** Writes objects as XML. */
import { configInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import { XMLBuilder } from 'fast-xml-parser';
import Type, { type Static } from 'typebox';

/** It runs between the work of others: so many take some tens of milliseconds (2026-11-21). */
const mostNodes = 20_000;
const mostCharacters = 500_000;
const deepest = 90;

const config = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 255, description: 'Of the outermost element.' }),
    value: Type.Unknown({
      description:
        'What is in it, as `xml.parse` gives it: fields become elements, lists several of one name, `@name` attributes, `#text` text.',
    }),
    declaration: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'Begin with `<?xml version="1.0" encoding="UTF-8"?>`. Default: true.',
      }),
    ),
    indent: Type.Optional(Type.Boolean({ default: false, description: 'A line for each element. Default: false.' })),
  },
  { additionalProperties: false },
);

export default defineAction({
  type: 'xml.build',
  title: 'Write XML',
  description:
    'Writes a document. Text and attributes are escaped, and names must be names of XML, so that no value becomes markup. null is ' +
    'an empty element.',
  category: 'data',
  icon: 'code-xml',
  version: 1,
  config,
  output: Type.Object({ text: Type.String({ description: 'The document.' }) }),
  errors: [],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({
    config: { name, value, declaration = true, indent = false },
  }: {
    readonly config: Static<typeof config>;
  }) {
    mustBeName(name, '/name');
    if (Array.isArray(value)) throw configInvalid('/value', 'is a list, where a document has one outermost element');
    mustFit(value, '/value', { nodes: 0, characters: 0 });
    const builder = new XMLBuilder({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      suppressEmptyNode: true,
      suppressBooleanAttributes: false,
      format: indent,
    });
    const text = builder.build({ [name]: inOrder(value ?? null) });
    return { text: (declaration ? '<?xml version="1.0" encoding="UTF-8"?>\n' : '') + text };
  },
});

/** The library writes the nulls of a list before its other items: as empty text they stay in their places. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => (each === null ? '' : inOrder(each)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, inOrder(inside)]));
}

type Size = { nodes: number; characters: number };

function mustFit(value: unknown, pointer: string, size: Size): void {
  size.nodes += 1;
  size.characters += typeof value === 'string' ? value.length : 0;
  if (size.nodes > mostNodes || size.characters > mostCharacters)
    throw configInvalid('/value', `has over ${mostNodes} elements, or ${mostCharacters} characters`);
  if (typeof value === 'string') mustBeText(value, pointer);
  if (typeof value !== 'object' || value === null) return;
  if (pointer.split('/').length > deepest) throw configInvalid('/value', `is nested deeper than ${deepest}`);
  for (const [name, inside] of Object.entries(value)) {
    const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (Array.isArray(value)) {
      if (Array.isArray(inside)) throw configInvalid(place, 'is a list inside of a list, which has no name');
    } else mustBeField(name, inside, place);
    mustFit(inside, place, size);
  }
}

function mustBeField(name: string, inside: unknown, pointer: string): void {
  if (name !== '#text') mustBeName(name.startsWith('@') ? name.slice(1) : name, pointer);
  if ((name === '#text' || name.startsWith('@')) && typeof inside === 'object' && inside !== null)
    throw configInvalid(pointer, 'is an object, where only text can stand');
}

function mustBeName(name: string, pointer: string): void {
  if (!/^[\p{L}_][\p{L}\p{N}_.-]*(:[\p{L}_][\p{L}\p{N}_.-]*)?$/u.test(name))
    throw configInvalid(pointer, 'is no name of XML');
}

/** XML has no way to write these, not even by their number. */
function mustBeText(text: string, pointer: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/.test(text) || !text.isWellFormed())
    throw configInvalid(pointer, 'has a character that XML cannot hold');
}
