import { isRtcp } from '../rtp/rtcp.ts';
import type { PacketTaker, TrackLink } from './track-plan.ts';

interface Lane {
  readonly taker: PacketTaker;
  rtpChannel: number;
  rtcpChannel: number;
}

/** A link inside the RTSP connection; its channels are what the camera answered, or what it then uses. */
export interface InterleavedLink extends TrackLink {
  useChannels(rtpChannel: number, rtcpChannel: number): void;
}

/**
 * Gives the packets inside one RTSP connection to their tracks (RFC 2326 §10.12). Servers send before they answered
 * SETUP, and on other channels than they promised: a channel that nobody owns goes to the track without packets that
 * knows its payload.
 */
export class InterleavedLinks {
  readonly #lanes: Lane[] = [];
  readonly #send: (channel: number, bytes: Buffer) => void;

  constructor(send: (channel: number, bytes: Buffer) => void) {
    this.#send = send;
  }

  /** Must be called before SETUP is sent, with the channels that it asks for. */
  add(taker: PacketTaker, rtpChannel: number, rtcpChannel: number): InterleavedLink {
    const lane: Lane = { taker, rtpChannel, rtcpChannel };
    this.#lanes.push(lane);
    return {
      transport: 'tcp',
      useChannels: (rtp, rtcp) => {
        // What already came tells more than the answer.
        if (taker.packets > 0) return;
        lane.rtpChannel = rtp;
        lane.rtcpChannel = rtcp;
      },
      sendRtcp: (bytes) => this.#send(lane.rtcpChannel, bytes),
      close: () => {
        const at = this.#lanes.indexOf(lane);
        if (at >= 0) this.#lanes.splice(at, 1);
      },
    };
  }

  /** Takes the packet that lies from `start` to `end`. */
  take(channel: number, bytes: Buffer, start: number, end: number): void {
    let owner: Lane | undefined;
    // Every packet of every camera passes here: no closure, no search by function.
    for (const lane of this.#lanes) if (lane.rtpChannel === channel) owner = lane;
    if (end - start > 1 && isRtcp(bytes, start)) {
      const reported = this.#lanes.find((lane) => lane.rtcpChannel === channel) ?? owner;
      reported?.taker.takeRtcp(bytes.subarray(start, end));
      return;
    }
    if (owner?.taker.takeRtp(bytes, start, end)) return;
    for (const lane of this.#lanes) {
      if (lane === owner || lane.taker.packets > 0 || !lane.taker.takeRtp(bytes, start, end)) continue;
      lane.rtpChannel = channel;
      lane.rtcpChannel = channel + 1;
      return;
    }
  }
}
