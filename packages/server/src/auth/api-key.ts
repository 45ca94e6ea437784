/** API keys as texts: `cfk_live_` (or `cfk_test_`) and 32 letters or digits, of which only a hash is ever kept. */
import { createHash, randomInt } from 'node:crypto';

/** 190 bits; a longer hash function (as for passwords) would add nothing to a secret that cannot be guessed. */
const length = 32;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const form = /^cfk_(?:live|test)_[A-Za-z0-9]{32}$/;

export function isApiKey(text: string): boolean {
  return form.test(text);
}

export function generateApiKey(): string {
  return `cfk_live_${Array.from({ length }, () => letters[randomInt(letters.length)]).join('')}`;
}

/** SHA-256. Keys are found by it, so that no comparison depends on how much of a guess is right [S113]. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** What may be shown of a key to tell it from others. */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, 'cfk_live_'.length + 4);
}
