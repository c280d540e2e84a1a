import type { TrackReceiver } from '../rtp/track-receiver.ts';

/** One track that a session wants: where it is set up and what takes its packets. */
export interface TrackPlan {
  readonly kind: 'video' | 'audio';
  readonly controlUrl: string;
  /** True: when the camera refuses it, the session goes on without it. */
  readonly isOptional: boolean;
  readonly receiver: TrackReceiver;
}

/** What a link hands a track's packets to. Both calls take bytes that are valid during the call only. */
export interface PacketTaker {
  /** RTP packets of this track so far. */
  readonly packets: number;
  /**
   * Takes the packet that lies from `start` to `end`; all of the bytes by default.
   * @returns false when it is not a packet of this track
   */
  takeRtp(bytes: Buffer, start?: number, end?: number): boolean;
  takeRtcp(bytes: Buffer): void;
}

/** How the packets of one track come, and where its reports go. */
export interface TrackLink {
  readonly transport: 'tcp' | 'udp';
  sendRtcp(bytes: Buffer): void;
  /** Safe to call twice. */
  close(): void;
}

/** A track that the camera granted. */
export interface LiveTrack extends TrackPlan {
  readonly link: TrackLink;
}
