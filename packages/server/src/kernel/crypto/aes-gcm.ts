/**
 * AES-256-GCM. What is encrypted is bound to its place by the associated data: moved elsewhere, or changed by a bit, it does
 * not open. A nonce is 96 random bits, so that one key is good for 2^32 texts; keys of tenants can be followed by new ones.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

export const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

/** It was encrypted under another key, for another place, or has been changed. */
export class CannotDecryptError extends Error {
  override readonly name = 'CannotDecryptError';
}

/** Nonce, ciphertext and tag in one. */
export function encrypt(key: Buffer, plain: Buffer, associated: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(associated));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Throws CannotDecryptError, which does not say why: the reason would help nobody but an attacker. */
export function decrypt(key: Buffer, sealed: Buffer, associated: string): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new CannotDecryptError('this is not an encrypted value');
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(associated));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  } catch {
    throw new CannotDecryptError('an encrypted value does not open: another key, another place, or it was changed');
  }
}

/** A hash that only who has the key can make or check. */
export function keyedHash(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
