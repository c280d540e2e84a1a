/**
 * Says how long a player may hold pictures back. Of a wall none may be held: an old picture is worth less than a rough one. A
 * player that is free in it works out from the pace of arrival when to show each, and pictures that come all at once after the
 * fact, or on a machine that stands still for a moment, have it take them for late by seconds.
 *
 * @see https://webrtc.googlesource.com/src/+/main/docs/native-code/rtp-hdrext/playout-delay/README.md
 */
export const PLAYOUT_DELAY = { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay', id: 11 } as const;

/** One-byte form (RFC 8285 §4.2): one word, and in it least and greatest delay of 12 bits each, both nothing. */
export const NO_PLAYOUT_DELAY = Uint8Array.of(0xbe, 0xde, 0, 1, (PLAYOUT_DELAY.id << 4) | 2, 0, 0, 0);
