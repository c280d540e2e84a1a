import type { AccessUnit } from '../media.ts';
import { VideoReceiver } from '../rtp/video-receiver.ts';
import { buildRtpPacket } from '../rtp/rtp-packet.ts';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import type { ClipPicture } from './encode-clip.ts';
import { packetize, type PacketizeOptions } from './packetize.ts';

/** A clip as the recorder gets it: through RTP packets and our receiver, on a simulated clock that runs at its rate. */
export function accessUnitsOf(pictures: readonly ClipPicture[], options: PacketizeOptions = {}): AccessUnit[] {
  const clock = new SimulatedClock(1_764_000_000_000);
  const units: AccessUnit[] = [];
  const receiver = new VideoReceiver({
    codec: options.codec ?? 'h264',
    payloadType: 96,
    parameterSets: [],
    clock,
    onAccessUnit: (unit) => units.push(unit),
  });
  for (const packet of packetize(pictures, options)) {
    receiver.takeRtp(buildRtpPacket(packet));
    if (packet.marker) clock.advance(1000 / (options.fps ?? 25));
  }
  return units;
}
