/**
 * The form of what `crypto.encrypt` makes: base64url of the number 1 (the version), 12 bytes of nonce, 16 of tag, and the
 * ciphertext of AES-256-GCM.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ActionError } from '@cloudflow/sdk/index.ts';
import { decoded, keyUnusable } from './encoding.ts';

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

export function sealingKey(text: string, name: string): Buffer {
  const key = [decoded(text, 'hex'), decoded(text, 'base64'), decoded(text, 'base64url')].find(
    (each) => each?.length === keyBytes,
  );
  if (key === undefined) throw keyUnusable(name, `is not ${keyBytes} bytes in base64 or hex`);
  return key;
}

/** A nonce is never used twice: of 12 random bytes two are the same once in billions of messages. */
export function seal(data: Buffer, key: Buffer, bound: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  const hidden = Buffer.concat([cipher.update(data), cipher.final()]);
  return Buffer.concat([Buffer.from([version]), nonce, cipher.getAuthTag(), hidden]).toString('base64url');
}

/** Throws `data_invalid`, whatever it is that is wrong: which, is nobody's business. */
export function open(text: string, key: Buffer, bound: string): Buffer {
  const whole = decoded(text, 'base64url');
  const shortest = 1 + nonceBytes + tagBytes;
  if (whole === undefined || whole.length < shortest || whole[0] !== version) throw unreadable();
  const nonce = whole.subarray(1, 1 + nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(bound))
    .setAuthTag(whole.subarray(1 + nonceBytes, shortest));
  try {
    return Buffer.concat([decipher.update(whole.subarray(shortest)), decipher.final()]);
  } catch {
    throw unreadable();
  }
}

function unreadable(): ActionError {
  return new ActionError('It cannot be decrypted: it was changed, or encrypted with another key or another `context`', {
    code: 'data_invalid',
  });
}
