/** Writes docs/reference/patterns.md from the cases that prove the patterns. */
import { writeFileSync } from 'node:fs';
import { patterns } from '../e2e/patterns/index.ts';

const entries = patterns.map(({ number, name, meaning, written, shown: { definition } }) => {
  const { workflow_id: id, version: _, ...document } = definition;
  const json = JSON.stringify(document, null, 2)
    .replaceAll(id, 'this-workflow')
    .replaceAll('STUB', 'https://example.com');
  return `## WCP-${number} ${name}

${meaning}

**Here:** ${written}

<details><summary>The definition that its test runs</summary>

\`\`\`json
${json}
\`\`\`

</details>
`;
});
const list = patterns.map(({ number, name }) => `| [WCP-${number}](#wcp-${number}-${slug(name)}) | ${name} |`);

const page = `# Control-flow patterns

<!-- Printed from e2e/patterns by \`npm run generate\`. Do not edit by hand. -->

The 43 workflow control-flow patterns are the yardstick of what a workflow language can say. The numbers and names are those of
Russell, ter Hofstede, van der Aalst and Mulyar, *Workflow Control-Flow Patterns: A Revised View* (BPM Center report BPM-06-22,
2006). CloudFlow's language says all of them; each has a test that runs its definition on the product, through the public API,
and looks at what came of it.

| | |
|---|---|
${list.join('\n')}

${entries.join('\n')}`;
writeFileSync(new URL('../docs/reference/patterns.md', import.meta.url), page);

/**
 * As the readers of Markdown make the address of a heading.
 *
 * @param {string} name
 */
function slug(name) {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
