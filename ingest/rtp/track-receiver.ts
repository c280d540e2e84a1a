/** Counters since the session began. */
export interface ReceiverCounters {
  readonly packets: number;
  readonly lostPackets: number;
  readonly malformed: number;
  /** Pictures of a video track, frames of an audio track. */
  readonly accessUnits: number;
  readonly sizeBytes: number;
}

/** RTP and RTCP of one track of a session. Plain and synchronous. */
export interface TrackReceiver {
  readonly counters: ReceiverCounters;
  /**
   * Takes the RTP packet that lies from `start` to `end` in bytes that are valid during the call only; all of them by default.
   * @returns false when it is not a packet of this track
   */
  takeRtp(bytes: Buffer, start?: number, end?: number): boolean;
  /** @returns true when the sender says that it is done */
  takeRtcp(bytes: Buffer): boolean;
  /** The RTCP packet that is due every few seconds; undefined before the first packet came. */
  receiverReport(): Buffer | undefined;
}
