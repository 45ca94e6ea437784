/** /docs/errors: where the `type` of every problem leads. */
import { inputCodes } from '../../kernel/errors/input-codes.ts';
import { problemCodes } from '../../kernel/errors/problem-codes.ts';
import { stepCodes } from '../../kernel/errors/step-codes.ts';
import { html, prose } from './html.ts';
import { filterField, page } from './page.ts';

export function errorsPage(): string {
  const problems = Object.entries(problemCodes).map(
    ([code, row]) =>
      html`<article id="${code}" data-entry><h3><a href="#${code}"><code>${code}</code></a> <span class="status">${row.status}</span></h3><p><strong>${row.title}.</strong> ${prose(row.meaning)}</p><p class="remedy">${prose(row.remedy)}</p></article>`,
  );
  const places = Object.entries(inputCodes).map(
    ([code, meaning]) => html`<tr data-entry><th scope="row"><code>${code}</code></th><td>${prose(meaning)}</td></tr>`,
  );
  const steps = Object.entries(stepCodes).map(
    ([code, row]) =>
      html`<article id="step-${code}" data-entry><h3><a href="#step-${code}"><code>${code}</code></a>${row.retryable === 'yes' ? html` <span class="status">may be tried again</span>` : html``}</h3><p>${prose(row.meaning)}</p><p class="remedy">${prose(row.remedy)}</p></article>`,
  );
  return page({
    title: 'Errors',
    current: '/docs/errors',
    aside: html`${filterField('Find a code')}<ul><li><a href="#problems">Problems</a></li><li><a href="#places">Places in a request</a></li><li><a href="#steps">Steps and executions</a></li></ul>`,
    main: html`<h1>Errors</h1>
<section><h2 id="problems">Problems</h2><p>What the API answers with: <code>application/problem+json</code>, whose <code>code</code> is one of these.</p>${problems}</section>
<section><h2 id="places">Places in a request</h2><p><code>errors[].code</code> of <code>invalid_body</code> and <code>invalid_parameter</code>.</p><div class="scroll"><table>${places}</table></div></section>
<section><h2 id="steps">Steps and executions</h2><p><code>error.code</code> of a step or an execution that failed.</p>${steps}</section>`,
  });
}
