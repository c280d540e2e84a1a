import { storageErrors } from '../errors.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  json: 'application/json',
  mp4: 'video/mp4',
};

/**
 * A key is a relative path of plain names: `evidence/2026/11/23/<id>.jpg`. Nothing in it can lead out of the store.
 * @throws {AppError} `BLOB_KEY_INVALID`
 */
export function checkBlobKey(key: string): void {
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(key);
  if (!isPlain || key.length > 300 || key.includes('..')) throw storageErrors.BLOB_KEY_INVALID({ length: key.length });
}

export function contentTypeOf(key: string): string {
  return CONTENT_TYPES[key.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}
