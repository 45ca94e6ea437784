/** /docs: every operation of the API, printed from the same routes as the OpenAPI document. */
import type { Route } from '../../kernel/http/route.ts';
import { type Html, html, prose } from './html.ts';
import { filterField, page } from './page.ts';
import { describeType, type SchemaView } from './schema-view.ts';

export type OperationsPage = { readonly routes: readonly Route[]; readonly basePath: string; readonly version: string };

export function operationsPage({ routes, basePath, version }: OperationsPage): string {
  const groups = Map.groupBy(routes, ({ tags }) => tags?.[0] ?? 'other');
  const sections = [...groups].map(
    ([tag, members]) =>
      html`<section><h2 id="${tag}">${tag}</h2>${members.map((route) => operation(route, basePath))}</section>`,
  );
  return page({
    title: 'API',
    current: '/docs',
    aside: html`${filterField('Find an operation')}<ul>${[...groups].map(([tag, members]) => tagLinks(tag, members))}</ul>`,
    main: html`<h1>API <small>${version}</small></h1>
<p>Base path <code>${basePath}</code>. Send an API key as <code>Authorization: Bearer cfk_live_…</code>. Every refusal is a problem with a code that <a href="/docs/errors">the error page</a> explains.</p>
${sections}`,
  });
}

function tagLinks(tag: string, members: readonly Route[]): Html {
  const links = members.map((route) => html`<li><a href="#${anchor(route)}">${route.summary}</a></li>`);
  return html`<li><a href="#${tag}"><strong>${tag}</strong></a><ul>${links}</ul></li>`;
}

function operation(route: Route, basePath: string): Html {
  const who = route.auth === 'public' ? html`public` : html`needs <code>${route.auth.permission}</code>`;
  return html`<article id="${anchor(route)}" data-entry>
<h3><a href="#${anchor(route)}">${route.summary}</a></h3>
<p class="signature"><span class="method ${route.method.toLowerCase()}">${route.method}</span> <code>${basePath}${route.path.replace(/:(\w+)/g, '{$1}')}</code> <span class="who">${who}</span></p>
${route.description === undefined ? html`` : html`<p>${prose(route.description)}</p>`}
${inputTable('Path', route.params)}${inputTable('Query', route.query)}${inputTable('Headers', route.headers)}${bodyTable(route.body)}
<h4>Answers</h4><ul class="answers">${Object.entries(route.replies).map(([status, schema]) => answer(status, schema))}</ul>
</article>`;
}

function bodyTable(schema: SchemaView | undefined): Html {
  if (schema === undefined) return html``;
  if (Object.keys(schema.properties ?? {}).length > 0) return inputTable('Body', schema);
  const { externalDocs: more } = schema;
  const link = more ? html` <a href="${more.url}">${more.description}</a>` : html``;
  return html`<h4>Body</h4><p>${prose(schema.description ?? describeType(schema))}${link}</p>`;
}

function inputTable(title: string, schema: SchemaView | undefined): Html {
  const entries = Object.entries(schema?.properties ?? {});
  if (entries.length === 0) return html``;
  const rows = entries.map(
    ([name, property]) =>
      html`<tr><th scope="row"><code>${name}</code>${schema?.required?.includes(name) ? html` <em>required</em>` : html``}</th><td>${describeType(property)}</td><td>${prose(property.description ?? '')}</td></tr>`,
  );
  return html`<h4>${title}</h4><div class="scroll"><table>${rows}</table></div>`;
}

function answer(status: string, schema: SchemaView | string): Html {
  if (typeof schema === 'string') return html`<li><code>${status}</code> ${prose(schema)}</li>`;
  const text = html`<code>${status}</code> ${prose(schema.description ?? describeType(schema))}`;
  if (!schema.properties) return html`<li>${text}</li>`;
  return html`<li><details><summary>${text}</summary>${inputTable('Fields', schema)}</details></li>`;
}

function anchor({ method, path }: Route): string {
  return `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+/g, '-')}`;
}
