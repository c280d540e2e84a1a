import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { storageErrors } from './errors.ts';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Seals small secrets for the database: who has only the database has none of them. */
export interface Sealing {
  /** @param purpose binds the secret to its place (`camera:cam-1`), so that it cannot be moved to another row */
  seal(clear: string, purpose: string): Buffer;
  /** @throws {AppError} `SEAL_BROKEN` */
  unseal(sealed: Buffer, purpose: string): string;
  /**
   * 32 bytes that only who has the key can make; each purpose has a key of its own.
   * @see RFC 2104, RFC 5869
   */
  sign(message: Uint8Array, purpose: string): Buffer;
}

/** Reads the key file of the data folder, or makes it (mode 0600) at the first start. */
export async function openSealing(dataFolder: string): Promise<Sealing> {
  const file = path.join(dataFolder, 'sealing.key');
  await mkdir(dataFolder, { recursive: true });
  try {
    await writeFile(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return sealingWith(Buffer.from(await readFile(file, 'utf8'), 'base64'));
}

/**
 * AES-256-GCM; a sealed secret is version (1 byte), IV (12), tag (16), ciphertext.
 * @see NIST SP 800-38D
 */
export function sealingWith(key: Buffer): Sealing {
  if (key.length !== KEY_BYTES) throw storageErrors.SEAL_BROKEN({ reason: 'the key file is damaged' });
  return {
    seal(clear, purpose) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]);
    },
    unseal(sealed, purpose) {
      try {
        if (sealed[0] !== VERSION) throw new Error('unknown version');
        const tagStart = 1 + IV_BYTES;
        const bodyStart = tagStart + TAG_BYTES;
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, tagStart), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(tagStart, bodyStart));
        return Buffer.concat([decipher.update(sealed.subarray(bodyStart)), decipher.final()]).toString('utf8');
      } catch (error) {
        throw storageErrors.SEAL_BROKEN({ purpose }, error);
      }
    },
    sign(message, purpose) {
      const own = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `vantage sign ${purpose}`, KEY_BYTES));
      return createHmac('sha256', own).update(message).digest();
    },
  };
}
