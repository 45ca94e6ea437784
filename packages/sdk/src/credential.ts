/** A credential as an action gets it: `context.credential(name)`. Its values are in memory for as long as the try runs. */
import Type from 'typebox';
import { ActionError } from './error.ts';

export type Credential = {
  /** Such as `database`. */
  readonly type: string;
  /** By field; whatever of them is secret is masked in what the try gives back, and in its log. */
  readonly values: Readonly<Record<string, string>>;
};

/** The field of a config that names a credential; `what` ends the sentence "Name of a credential …". */
export function credentialName(what: string) {
  return Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$', description: `Name of a credential ${what}` });
}

/** Opens a credential that must be of one of these types. Throws what `context.credential` throws, and `credential_unusable`. */
export async function credentialOf(
  context: { credential(name: string): Promise<Credential> },
  name: string,
  types: readonly string[],
): Promise<Credential> {
  const found = await context.credential(name);
  if (types.includes(found.type)) return found;
  const wanted = types.map((type) => `\`${type}\``).join(' or ');
  throw new ActionError(`The credential ${name} is of the type \`${found.type}\`; this takes ${wanted}`, {
    code: 'credential_unusable',
    details: { credential: name },
  });
}

/** A path of a service, under the address that its credential names, or under the one that it has for everybody. */
export function addressOf({ values }: Credential, byDefault: string, path: string): string {
  return (values['base_url'] ?? byDefault).replace(/\/+$/, '') + path;
}
