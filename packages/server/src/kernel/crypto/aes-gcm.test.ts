import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CannotDecryptError, decrypt, encrypt, keyBytes } from './aes-gcm.ts';

const key = randomBytes(keyBytes);

describe('AES-256-GCM', () => {
  it('gives back what was encrypted, for the same key and place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, place) => {
        expect(decrypt(key, encrypt(key, Buffer.from(bytes), place), place)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('opens under no other key, at no other place, and not when a bit was changed', () => {
    const sealed = encrypt(key, Buffer.from('plain'), 'tenant-a/row-1');
    expect(() => decrypt(randomBytes(keyBytes), sealed, 'tenant-a/row-1')).toThrow(CannotDecryptError);
    expect(() => decrypt(key, sealed, 'tenant-b/row-1')).toThrow(CannotDecryptError);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => decrypt(key, changed, 'tenant-a/row-1')).toThrow(CannotDecryptError);
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => decrypt(key, sealed.subarray(0, length), 'tenant-a/row-1')).toThrow(CannotDecryptError);
  });

  it('never gives the same text twice', () => {
    expect(encrypt(key, Buffer.from('plain'), '')).not.toEqual(encrypt(key, Buffer.from('plain'), ''));
  });
});
