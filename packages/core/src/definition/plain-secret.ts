/** Warns of what looks like a secret in plain text: a definition is read by many, and kept for ever. */
import type { Json } from '../json.ts';
import { holdsExpression } from './holds-expression.ts';
import type { Issues } from './issues.ts';
import { pointerTo } from './pointer.ts';

const secretName =
  /^(x-)?(password|passwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|client[-_]?secret|auth[-_]?token|access[-_]?token|authorization)$/i;
/** The beginnings that well-known services give their keys. */
const secretValue =
  /^(sk_live_|sk_test_|rk_live_|cfk_live_|cfk_test_|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abprs]-|AKIA[0-9A-Z]{12}|AIza[0-9A-Za-z_-]{30}|SG\.[\w-]{16}|-----BEGIN [A-Z ]*PRIVATE KEY)|^(Bearer|Basic) [\w.~+/=-]{8,}$/;

export function warnOfSecrets(value: Json, pointer: string, issues: Issues): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value) as [string, Json][]) {
    const place = pointerTo(pointer, key);
    if (typeof inner !== 'string') warnOfSecrets(inner, place, issues);
    else if (isSecret(key, inner)) {
      issues.warn({
        code: 'secret_in_plain_text',
        pointer: place,
        message:
          'this looks like a secret in plain text; whoever may read the workflow can read it, so keep it in a credential',
      });
    }
  }
}

function isSecret(key: string, value: string): boolean {
  if (value === '' || holdsExpression(value)) return false;
  return secretName.test(key) || secretValue.test(value);
}
