import { randomInt } from 'node:crypto';
import type { AccessUnit, VideoFormat } from '../media.ts';
import { H264Packetizer } from '../rtp/h264-packetizer.ts';
import { H265Packetizer } from '../rtp/h265-packetizer.ts';
import { VIDEO_TRACK } from './session-description.ts';

export interface PicturePacketizer {
  readonly nextSequenceNumber: number;
  readonly packetsSent: number;
  readonly octetsSent: number;
  packetize(unit: Pick<AccessUnit, 'nalUnits' | 'isKeyFrame' | 'format'>, timestamp: number): Buffer[];
}

/** What cuts the pictures of a camera into packets, from a sequence number at random on. */
export function makePacketizer({ codec }: Pick<VideoFormat, 'codec'>, ssrc: number): PicturePacketizer {
  const options = { ssrc, payloadType: VIDEO_TRACK.payloadType, firstSequenceNumber: randomInt(0, 2 ** 16) };
  return codec === 'h264' ? new H264Packetizer(options) : new H265Packetizer(options);
}
