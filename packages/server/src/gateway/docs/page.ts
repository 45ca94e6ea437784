/** The frame of every page of the documentation: one style sheet, one script, nothing from elsewhere and nothing inline. */
import { type Html, html } from './html.ts';

export type Page = {
  readonly title: string;
  readonly current: '/docs' | '/docs/errors';
  readonly aside: Html;
  readonly main: Html;
};

const places = [
  ['/docs', 'Operations'],
  ['/docs/errors', 'Errors'],
  ['/api/v1/openapi.json', 'OpenAPI'],
] as const;

export function page({ title, current, aside, main }: Page): string {
  const links = places.map(([href, name]) =>
    href === current ? html`<a href="${href}" aria-current="page">${name}</a>` : html`<a href="${href}">${name}</a>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · CloudFlow</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/style.css">
<script src="/docs/filter.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><a class="brand" href="/">CloudFlow</a><nav aria-label="Documentation">${links}</nav></header>
<div class="columns"><aside>${aside}</aside><main id="main" tabindex="-1">${main}</main></div>
</body>
</html>
`.text;
}

/** The field that narrows a page down; the script shows it, because it does nothing without. */
export function filterField(label: string): Html {
  return html`<p class="filter" hidden><label>${label} <input type="search" data-filter autocomplete="off" spellcheck="false"></label> <output data-count></output></p>`;
}
