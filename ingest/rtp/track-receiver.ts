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
   * @param bytes one RTP packet; valid during the call only
   * @returns false when it is not a packet of this track
   */
  takeRtp(bytes: Buffer): boolean;
  /** @returns true when the sender says that it is done */
  takeRtcp(bytes: Buffer): boolean;
  /** The RTCP packet that is due every few seconds; undefined before the first packet came. */
  receiverReport(): Buffer | undefined;
}
