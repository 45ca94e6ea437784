/** The credentials that a definition names: in `secrets.NAME`, and in the field `credential` of a config. */
import type { Template } from '../expression/expression.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Issues } from './issues.ts';
import type { LaidStep } from './layout.ts';
import type { CredentialUse, PlanStep } from './plan.ts';

const credentialName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

export function isCredentialName(name: string): boolean {
  return credentialName.test(name);
}

/** Who gives the input of a workflow must not choose which credential is used: so it is a constant. */
export function checkCredential({ credential }: JsonObject, pointer: string, issues: Issues): void {
  if (typeof credential !== 'string' || isCredentialName(credential)) return;
  issues.error({
    code: 'invalid_credential_name',
    pointer: `${pointer}/credential`,
    message: 'name the credential itself, with letters, digits, `_` and `-`; an expression cannot choose it',
  });
}

export function secretsIn({ references }: Template): readonly string[] {
  const names = references.flatMap(({ name, path }) => (name === 'secrets' ? String(path[0]) : []));
  return names.length === 0 ? none : [...new Set(names)];
}

export function credentialsOf(laid: readonly LaidStep[], steps: readonly PlanStep[]): readonly CredentialUse[] {
  const uses = new Map<string, string>();
  const note = (name: Json | undefined, pointer: string): void => {
    if (typeof name === 'string' && !uses.has(name)) uses.set(name, pointer);
  };
  for (const { work, index, pointer } of steps) {
    if (work.kind !== 'action') continue;
    note(laid[index]?.config['credential'], `${pointer}/config/credential`);
    for (const { name, path, pointer: inner } of work.config.references)
      if (name === 'secrets') note(path[0], `${pointer}/config${inner}`);
  }
  return uses.size === 0 ? none : [...uses].map(([name, pointer]) => ({ name, pointer }));
}

/** Of most steps and plans. */
const none: readonly never[] = [];
