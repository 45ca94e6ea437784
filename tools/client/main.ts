/** Writes the typed part of the client, and its reference page, from the routes of the product: part of `npm run generate`. */
import { writeFileSync } from 'node:fs';
import { describeMethods } from './method.ts';
import { readOpenApi } from './open-api.ts';
import { printClient } from './print-client.ts';
import { printPage } from './print-page.ts';

const root = new URL('../../', import.meta.url);
const document = readOpenApi();
const methods = describeMethods(document);
writeFileSync(new URL('packages/sdk/src/client/api.generated.ts', root), printClient(document, methods));
writeFileSync(new URL('docs/reference/sdk.md', root), printPage(methods));
