import type { types } from 'mediasoup';

/** What browsers agree on with mediasoup. */
export const SRTP_SUITE = 'AEAD_AES_128_GCM';
export const BARE_PAYLOAD_TYPE = 102;

/** One viewer, as the receiving process opened it. */
export interface ReceiverSide {
  readonly viewer: number;
  readonly port: number;
  readonly srtpParameters: types.SrtpParameters;
}

/** The same, as the relay answers. */
export interface SenderSide {
  readonly viewer: number;
  readonly port: number;
  readonly srtpParameters: types.SrtpParameters;
  readonly rtpParameters: types.RtpParameters;
}

/** What all viewers together got so far: decrypted and authenticated. */
export interface Received {
  readonly viewers: number;
  readonly sizeBytes: number;
  readonly packets: number;
  readonly packetsLost: number;
}
