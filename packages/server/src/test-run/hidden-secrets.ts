/**
 * The secrets that a test run opened, hidden in what its mocks are compared with and in what it says of them: who may write and
 * test a workflow may not read credentials, nor find them letter by letter with patterns of addresses.
 */
import { createMask, fewestCharacters, type OpensCredentials } from '../action/index.ts';

export type HiddenSecrets = { readonly open: OpensCredentials; hide(text: string): string };

export function createHiddenSecrets(open: OpensCredentials): HiddenSecrets {
  const opened = new Set<string>();
  let hide = (text: string): string => text;

  return {
    async open(tenantId, name) {
      const found = await open(tenantId, name);
      const hidden = found?.secrets.flatMap(hiddenPartsOf) ?? [];
      // In a host it has lost its capitals.
      for (const text of hidden) opened.add(text).add(text.toLowerCase());
      if (opened.size > 0) hide = createMask(opened).text;
      return found;
    },
    hide: (text) => hide(text),
  };
}

/** Of an address that is a secret, the host stays: mocks name it, and say so which service they answer for. */
function hiddenPartsOf(secret: string): readonly string[] {
  const url = URL.parse(secret);
  if (url === null || url.host === '') return [secret];
  const parts = [`${url.pathname}${url.search}`.slice(1), url.password];
  return parts.filter((part) => part.length >= fewestCharacters);
}
