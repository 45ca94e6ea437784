/**
 * The secrets that a test run opened, hidden in what its mocks are compared with and in what it says of them: who may write and
 * test a workflow may not read credentials, nor find them letter by letter with patterns of addresses.
 */
import { fewestCharacters, hidden, type OpensCredentials } from '../action/index.ts';

export type HiddenSecrets = { readonly open: OpensCredentials; hide(text: string): string };

export function createHiddenSecrets(open: OpensCredentials): HiddenSecrets {
  const opened = new Set<string>();

  return {
    async open(tenantId, name) {
      const found = await open(tenantId, name);
      // In a host it has lost its capitals.
      for (const text of found?.secrets.flatMap(hiddenPartsOf) ?? []) opened.add(text).add(text.toLowerCase());
      return found;
    },
    hide: (text) => (opened.size === 0 ? text : hidden(text, opened)),
  };
}

/** Of an address that is a secret, the host stays: mocks name it, and say so which service they answer for. */
function hiddenPartsOf(secret: string): readonly string[] {
  const url = URL.parse(secret);
  if (url === null || url.host === '') return [secret];
  const parts = [`${url.pathname}${url.search}`.slice(1), url.password];
  return parts.filter((part) => part.length >= fewestCharacters);
}
