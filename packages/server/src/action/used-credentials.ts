/**
 * The credentials that one try uses: opened when it asks for them, sent only to the hosts that they are for, and masked in
 * whatever the try gives back. Nothing of them outlives the try.
 */

import type { Json } from '@cloudflow/core/json.ts';
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import { withSecrets } from '@cloudflow/core/run/secret-marker.ts';
import { ActionError, RetryableError } from '@cloudflow/sdk/error.ts';
import { headerOf, isOnlyKey, mayBeSentTo, type OpenCredential } from '../credential/index.ts';
import { createMask, fewestCharacters, type Mask } from './mask.ts';

/** Undefined when the tenant has none of this name. */
export type OpensCredentials = (tenantId: string, name: string) => Promise<OpenCredential | undefined>;

export type UsedCredentials = {
  /** Throws ActionError. */
  open(name: string): Promise<OpenCredential>;
  /** The config with its secrets in place. Throws ActionError. */
  reveal(config: Json, marker: string): Promise<Json>;
  /** The headers that authenticate with this credential. Throws ActionError. */
  headers(name: string): Promise<Readonly<Record<string, string>>>;
  /** Throws ActionError when one of those used so far is not for this host. */
  permit(url: URL): void;
  masked(outcome: AttemptOutcome): AttemptOutcome;
  /** Null while none was used. */
  readonly mask: Mask | null;
};

export function createUsedCredentials(open: OpensCredentials, tenantId: string): UsedCredentials {
  const used = new Map<string, OpenCredential>();
  const secrets = new Set<string>();
  let mask: Mask | null = null;

  async function use(name: string): Promise<OpenCredential> {
    const known = used.get(name);
    if (known !== undefined) return known;
    const found = await open(tenantId, name).catch((error: unknown) => {
      const message = `The credential ${name} could not be read`;
      throw new RetryableError(message, { code: 'credential_unavailable', cause: error });
    });
    if (found === undefined)
      throw new ActionError(`There is no credential ${name}`, {
        code: 'credential_unknown',
        details: { credential: name },
      });
    used.set(name, found);
    note(...found.secrets, ...found.secrets.flatMap(passwordsIn));
    return found;
  }

  function note(...more: readonly string[]): void {
    for (const each of more) secrets.add(each);
    mask = createMask(secrets);
  }

  async function textOf(name: string): Promise<string> {
    const { type, secrets: values } = await use(name);
    if (isOnlyKey(type))
      throw unusable(name, `The credential ${name} of the type ${type} is only computed with, and never sent`);
    const [only] = values;
    if (only !== undefined && values.length === 1) return only;
    throw unusable(name, `The credential ${name} of the type ${type} is not one text: use it as \`credential\``);
  }

  return {
    open: use,
    async reveal(config, marker) {
      const names = new Set<string>();
      withSecrets(config, marker, (name) => {
        names.add(name);
        return '';
      });
      const texts = new Map<string, string>();
      for (const name of names) texts.set(name, await textOf(name));
      return withSecrets(config, marker, (name) => texts.get(name) ?? '');
    },
    async headers(name) {
      const { type, values } = await use(name);
      const header = headerOf(type, values);
      if (header === undefined)
        throw unusable(name, `A credential of the type ${type} cannot be sent in a request: ${name}`);
      const [field, value] = header;
      // Here it is not the secret itself that stands behind the scheme.
      if (type === 'http_basic') note(value.slice('Basic '.length));
      return { [field]: value };
    },
    permit(url) {
      for (const [name, { allowedHosts }] of used) {
        if (mayBeSentTo(allowedHosts, url)) continue;
        const details = { credential: name, host: url.host };
        throw new ActionError(`The credential ${name} may not be sent to ${url.host}`, {
          code: 'credential_host_denied',
          details,
        });
      }
    },
    masked(outcome) {
      if (mask === null) return outcome;
      if ('output' in outcome) return { output: mask.value(outcome.output) };
      const { message, details, ...rest } = outcome.error;
      const { cutText, value } = mask;
      const shown = details === undefined ? {} : { details: value(details, cutText) as NonNullable<typeof details> };
      return { error: { ...rest, message: cutText(message), ...shown } };
    },
    get mask() {
      return mask;
    },
  };
}

/** The password in an address, as it is written there and as it is meant: a server may repeat it without the rest. */
function passwordsIn(secret: string): readonly string[] {
  const written = URL.parse(secret)?.password ?? '';
  return [written, decoded(written)].filter((text) => text.length >= fewestCharacters);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unusable(name: string, message: string): ActionError {
  return new ActionError(message, { code: 'credential_unusable', details: { credential: name } });
}
