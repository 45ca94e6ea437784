/** How bytes are written as text, and the keys that stand in credentials. */
import { type ActionContext, ActionError, configInvalid, credentialOf } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

/** It runs between the work of others: so much takes some milliseconds (2026-11-21). */
const mostCharacters = 1_000_000;

export const data = (description: string) => Type.String({ maxLength: mostCharacters, description });

export const dataEncoding = Type.Optional(
  Type.Enum(['utf8', 'base64', 'hex'], { default: 'utf8', description: 'How `data` stands for bytes. Default: utf8.' }),
);
export const encoding = Type.Optional(
  Type.Enum(['hex', 'base64', 'base64url'], { default: 'hex', description: 'How bytes are written. Default: hex.' }),
);
export const keyEncoding = Type.Optional(
  Type.Enum(['utf8', 'base64', 'hex'], {
    default: 'utf8',
    description: 'How the text of the credential stands for the bytes of the key. Default: utf8.',
  }),
);
export const keyName = 'of the type `crypto_key`.';

export function bytesOf(text: string, as: 'utf8' | 'base64' | 'hex' = 'utf8', pointer = '/data'): Buffer {
  const bytes = decoded(text, as);
  if (bytes !== undefined) return bytes;
  throw configInvalid(pointer, `is not ${as}`);
}

/** Node skips what does not belong there, and would make another value of it without a word. */
export function decoded(text: string, as: 'utf8' | 'base64' | 'base64url' | 'hex'): Buffer | undefined {
  const forms = {
    utf8: /^/,
    base64: /^[A-Za-z0-9+/]*={0,2}$/,
    base64url: /^[A-Za-z0-9_-]*$/,
    hex: /^([0-9a-fA-F]{2})*$/,
  };
  return forms[as].test(text) ? Buffer.from(text, as) : undefined;
}

/** The value of a credential, for as long as the try runs. */
export async function keyTextOf(context: Pick<ActionContext<unknown>, 'credential'>, name: string): Promise<string> {
  const { values } = await credentialOf(context, name, ['crypto_key']);
  return values['key'] ?? '';
}

export function keyUnusable(name: string, problem: string): ActionError {
  return new ActionError(`The key in the credential ${name} ${problem}`, {
    code: 'credential_unusable',
    details: { credential: name },
  });
}
