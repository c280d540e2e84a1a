import { createSocket } from 'node:dgram';
import { H264Packetizer } from '#ingest/rtp/h264-packetizer.ts';
import { answerCalls } from '../ingest/child-calls.ts';
import { loadPacedFilm, playPaced } from './paced-cameras.ts';
import { BARE_PAYLOAD_TYPE } from './relay-load.ts';

/** Cameras for a mediasoup worker alone: RTP from outside, cut as the product cuts it. Not counted. Started by the bench. */

const MAX_PAYLOAD_BYTES = 1150;

const calls = {
  async play({ film, ports }: { readonly film: string; readonly ports: readonly number[] }): Promise<void> {
    const socket = createSocket('udp4');
    const packetizers = ports.map(
      (_, camera) =>
        new H264Packetizer({
          ssrc: camera + 1,
          payloadType: BARE_PAYLOAD_TYPE,
          firstSequenceNumber: 0,
          maxPayloadSizeBytes: MAX_PAYLOAD_BYTES,
        }),
    );
    playPaced(await loadPacedFilm(film), ports.length, (camera, unit) => {
      for (const packet of packetizers[camera]?.packetize(unit, unit.pts90k) ?? [])
        socket.send(packet, ports[camera], '127.0.0.1');
    });
  },
};

export type CameraCalls = typeof calls;

answerCalls(calls);
