/** The reference page of the client: every method beside its route, and the declarations of what is written by hand. */
import { declarationsOf } from './declarations.ts';
import { type Method, resourcesOf } from './method.ts';
import { paramsOf } from './print-client.ts';

export function printPage(methods: readonly Method[]): string {
  const { client, webhook } = declarationsOf(['client', 'webhook']);
  return `# The SDK

Printed from the routes and from \`packages/sdk/src\` by \`npm run generate\`; do not edit. How to use it is in
[the guide](../guides/use-the-client.md). The types that the methods take and give are in
[api.generated.ts](../../packages/sdk/src/client/api.generated.ts).

## Methods

A \`?\` says what may be left out; \`params\` are the fields of the query and of the body, with the names that the API gives them.

${resourcesOf(methods)
  .map(
    ([resource, own]) => `### client.${resource}\n\n| Method | Route | |\n|---|---|---|\n${own.map(line).join('\n')}\n`,
  )
  .join('\n')}
## Declarations of the client

${code(client)}
## Declarations of webhooks

${code(webhook)}`;
}

function line(method: Method): string {
  const { name, verb, path, operation } = method;
  const params = paramsOf(method);
  const given = [
    ...method.places,
    ...(method.body?.isWhole ? ['body'] : []),
    ...(params ? [params.required?.length ? 'params' : 'params?'] : []),
    'options?',
  ];
  return `| \`${name}(${given.join(', ')})\` | \`${verb} ${path}\` | ${operation.summary.replaceAll('|', '\\|')} |`;
}

function code(declarations: readonly string[]): string {
  return `\`\`\`ts\n${declarations.join('\n\n')}\n\`\`\`\n`;
}
