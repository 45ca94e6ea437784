/** Reads XML into objects. */
import type { Json } from '@cloudflow/core/json.ts';
import { ActionError, dataInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import { type EntityDecoderOptions, XMLParser, XMLValidator } from 'fast-xml-parser';
import Type, { type Static } from 'typebox';

/** It runs between the work of others: so much takes some tens of milliseconds at the worst (2026-11-21). */
const mostCharacters = 100_000;

const config = Type.Object(
  {
    text: Type.String({
      maxLength: mostCharacters,
      description: `The document, of up to ${mostCharacters} characters.`,
    }),
    lists: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        maxItems: 100,
        description: 'Names of elements that become lists, also where there is only one of them.',
      }),
    ),
    prefixes: Type.Optional(
      Type.Enum(['keep', 'drop'], {
        default: 'keep',
        description: '`drop` makes `soap:Body` to `Body`. Default: keep.',
      }),
    ),
  },
  { additionalProperties: false },
);

export default defineAction({
  type: 'xml.parse',
  title: 'Read XML',
  description:
    'Reads a document into objects: elements by name, several of one name as a list, attributes as `@name`, text as `#text` where ' +
    'there is more than text. All values are text, without the white space around it. Entities that a document declares are ' +
    'refused, and nothing is ever fetched.',
  category: 'data',
  icon: 'code-xml',
  version: 1,
  config,
  output: Type.Object({
    name: Type.String({ description: 'Of the outermost element.' }),
    value: Type.Unknown({ description: 'What is in it: an object, or text.' }),
  }),
  errors: [
    dataInvalid('It is no XML, or declares entities: `details.line` and `details.column`, where they are known.'),
  ],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: given }) {
    const problem = XMLValidator.validate(given.text);
    if (problem !== true)
      throw invalid(problem.err.msg, { line: Number(problem.err.line), column: Number(problem.err.col) || 1 });
    const roots = Object.entries(parsed(given));
    const [root] = roots;
    // The library lets several stand beside each other, where XML has one.
    if (root === undefined || roots.length > 1 || Array.isArray(root[1]))
      throw invalid('it has several outermost elements');
    return { name: root[0], value: root[1] };
  },
});

function parsed({ text, lists = [], prefixes = 'keep' }: Static<typeof config>): { readonly [name: string]: Json } {
  const named = new Set(lists);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: prefixes === 'drop',
    entityDecoder: entities,
    jPath: false,
    isArray: (name, path, _isLeaf, isAttribute) =>
      !isAttribute && named.has(name) && typeof path !== 'string' && path.getDepth() > 1,
  });
  try {
    return parser.parse(text) as { readonly [name: string]: Json };
  } catch (error) {
    if (error instanceof ActionError) throw error;
    throw invalid(error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read');
  }
}

const known: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML and characters by their number: what a document declares could grow without bound. */
const entities: EntityDecoderOptions = {
  setExternalEntities: () => undefined,
  addInputEntities(declared) {
    if (Object.keys(declared).length > 0) throw invalid('it declares entities');
  },
  reset: () => undefined,
  setXmlVersion: () => undefined,
  decode: (text) => text.replace(/&(#[0-9]+|#x[0-9a-fA-F]+|[^;&\s]*);/g, (_all, name: string) => characterOf(name)),
};

function characterOf(name: string): string {
  const number = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  const isCharacter =
    name.startsWith('#') && number > 0 && number <= 0x10_ff_ff && !(number >= 0xd8_00 && number < 0xe0_00);
  const found = isCharacter ? String.fromCodePoint(number) : Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined) throw invalid(`&${name.slice(0, 50)}; is no character that XML knows`);
  return found;
}

function invalid(problem: string, details: { readonly [field: string]: number } = {}): ActionError {
  return new ActionError(`The text is no XML that can be read: ${problem}`, { code: 'data_invalid', details });
}
