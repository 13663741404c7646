import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import type { Sealed } from '../define/sealed.ts';
import { PermanentError } from '../errors/mesh-error.ts';
import type { Json } from '../once/once.ts';

const CIPHER = 'aes-256-gcm';
/** What GCM is made for, and the only length that takes no detour (NIST SP 800-38D, 5.2.1.1). */
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** A sealed text holds 8 000 characters of base64url (`sealedSchema`), its tag among them. */
const MAX_PLAIN_BYTES = 5_900;

/**
 * A value as a sealed text. The customer's id is authenticated with it: under another id it does not open.
 * @throws PermanentError `too-much-to-seal`
 */
export const sealText = (key: KeyObject, customerId: string, value: Json): Sealed => {
  const plain = Buffer.from(JSON.stringify(value));
  if (plain.length > MAX_PLAIN_BYTES)
    throw new PermanentError('too-much-to-seal', `a sealed text holds ${MAX_PLAIN_BYTES} bytes`);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(
    Buffer.from(customerId),
  );
  const text = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return `sealed.1.${iv.toString('base64url')}.${text.toString('base64url')}`;
};

/** The value of a sealed text. @throws PermanentError `sealed-broken` */
export const openText = (key: KeyObject, customerId: string, sealed: Sealed): Json => {
  const [, , iv = '', text = ''] = sealed.split('.');
  const bytes = Buffer.from(text, 'base64url');
  try {
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(iv, 'base64url'), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(customerId))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    // Authentic, so written by `sealText`, which takes nothing but Json.
    return JSON.parse(plain.toString()) as Json;
  } catch (error) {
    throw new PermanentError(
      'sealed-broken',
      `a sealed text of ${customerId} does not open under their key`,
      {
        cause: error,
      },
    );
  }
};
