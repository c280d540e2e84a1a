/**
 * The SHA-256 of a certificate as people paste it, with colons or without, in either case.
 * @returns 64 lower-case hexadecimal digits; undefined when it is none
 */
export function parseFingerprint(text: string | undefined): string | undefined {
  const bare = (text ?? '').replaceAll(/[\s:]/g, '').toLowerCase();
  return /^[0-9a-f]{64}$/.test(bare) ? bare : undefined;
}
