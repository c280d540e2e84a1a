import { timingSafeEqual } from 'node:crypto';
import type { Sealing } from '../sealing.ts';

const PURPOSE = 'remedy-link';
const ID_BYTES = 16;
const EXPIRY_BYTES = 6;
const SIGNED_BYTES = ID_BYTES + EXPIRY_BYTES;
const TOKEN_BYTES = SIGNED_BYTES + 32;

export interface RemedyTicket {
  /** UUID. */
  readonly linkId: string;
  /** Whole seconds, in milliseconds. */
  readonly expiresAtMs: number;
}

/** base64url of link id (16 bytes), expiry (seconds, 6 bytes) and HMAC-SHA256 over both; the same for the same link. */
export function remedyToken(sealing: Pick<Sealing, 'sign'>, { linkId, expiresAtMs }: RemedyTicket): string {
  const signed = Buffer.alloc(SIGNED_BYTES);
  signed.write(linkId.replaceAll('-', ''), 0, ID_BYTES, 'hex');
  signed.writeUIntBE(Math.floor(expiresAtMs / 1000), ID_BYTES, EXPIRY_BYTES);
  return Buffer.concat([signed, sealing.sign(signed, PURPOSE)]).toString('base64url');
}

/** @returns undefined unless the token was made with our key; whether its time is over is not looked at */
export function readRemedyToken(sealing: Pick<Sealing, 'sign'>, token: string): RemedyTicket | undefined {
  const bytes = Buffer.from(token, 'base64url');
  // A token is written in one way only: no other alphabet, no bits left over.
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return undefined;
  const signed = bytes.subarray(0, SIGNED_BYTES);
  if (!timingSafeEqual(bytes.subarray(SIGNED_BYTES), sealing.sign(signed, PURPOSE))) return undefined;
  const hex = signed.toString('hex', 0, ID_BYTES);
  return {
    linkId: [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'),
    expiresAtMs: signed.readUIntBE(ID_BYTES, EXPIRY_BYTES) * 1000,
  };
}
