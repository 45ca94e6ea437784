/** Writes docs/reference/expressions.md: the rules of the language, and its functions from their declarations. */
import { readFileSync, writeFileSync } from 'node:fs';
import { stepsPerExpression, stepsPerTemplate } from '../packages/core/src/expression/budget.ts';
import { compileExpression } from '../packages/core/src/expression/index.ts';
import { comprehensions } from '../packages/core/src/expression/macros.ts';
import { functionsByTopic } from '../packages/core/src/expression/registry.ts';
import { signatureOf } from '../packages/core/src/expression/signature.ts';

/** @param {readonly string[]} cells */
const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** What an example gives; nothing for one that differs every time. @param {string} source */
function resultOf(source) {
  const compiled = compileExpression(source, { names: [] });
  if ('issues' in compiled) throw new Error(`the example ${source} does not compile: ${compiled.issues[0]?.message}`);
  if (compiled.ok.volatile) return '';
  return `\`${JSON.stringify(compiled.ok.evaluate({ lookup: () => undefined, now: 0, uuid: () => '' }))}\``;
}

const topics = [...functionsByTopic].map(([topic, functions]) => {
  const rows = functions.map((each) =>
    line([`\`${signatureOf(each)}\``, each.doc, `\`${each.example}\``, resultOf(each.example)]),
  );
  return `### ${topic}\n\n| Function | Meaning | Example | gives |\n|---|---|---|---|\n${rows.join('\n')}\n`;
});
/** Forms that are part of the grammar rather than of a table. */
const special = [
  line(['`has(a.b)`, `has(a["b"])`', 'true when the field is there']),
  line(['`cel.bind(x, value, expression)`', 'the expression, with a name for a value that it uses more than once']),
  line(['`optional.orValue(default)`', 'the value, or the default, which is evaluated only when it is needed']),
  line(['`optional.or(other)`', 'the optional, or the other one when it holds nothing']),
];
const macros = [...comprehensions.values()].flat().map(({ form, doc }) => line([`\`${form}\``, doc]));

const rules = readFileSync(new URL('expression-page.md', import.meta.url), 'utf8')
  .replace('STEPS_PER_EXPRESSION', stepsPerExpression.toLocaleString('en'))
  .replace('STEPS_PER_TEMPLATE', stepsPerTemplate.toLocaleString('en'));

const page = `${rules}
## Macros

| Form | Meaning |
|---|---|
${[...special, ...macros].join('\n')}

## Functions

A type followed by \`?\` may be left out. \`any\` takes and gives every type.

${topics.join('\n')}`;

writeFileSync(new URL('../docs/reference/expressions.md', import.meta.url), page);
