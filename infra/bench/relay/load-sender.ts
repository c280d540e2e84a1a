import type { types } from 'mediasoup';
import { StreamHub } from '#ingest/hub/stream-hub.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { streamingConfigSchema } from '#streaming/config.ts';
import { Transcoder } from '#streaming/transcode/transcoder.ts';
import { CameraProducers } from '#streaming/webrtc/camera-producers.ts';
import { type MediaWorker, MediaWorkers } from '#streaming/webrtc/media-workers.ts';
import { answerCalls } from '../ingest/child-calls.ts';
import { loadPacedFilm, playPaced } from './paced-cameras.ts';
import { BARE_PAYLOAD_TYPE, type ReceiverSide, type SenderSide, SRTP_SUITE } from './relay-load.ts';

/** The relay under test, or a mediasoup worker alone. Started by the bench. */

let workers: MediaWorkers | undefined;
let worker: MediaWorker | undefined;
let stopUnread: (() => void) | undefined;
const producerIds: string[] = [];
const opened: types.PlainTransport[] = [];

const calls = {
  async start(binary: string): Promise<{ readonly workerPid: number }> {
    const config = readConfig('streaming', streamingConfigSchema, {}, { rtcWorkers: 1 });
    workers = new MediaWorkers({ config, workerBinary: binary, clock: systemClock, log: silentLog });
    await workers.start();
    worker = workers.pick();
    return { workerPid: worker.pid };
  },
  /** Cameras whose hubs nobody reads: what making their pictures costs this process. Until `playOurs`. */
  async playUnread({ film, cameras }: { readonly film: string; readonly cameras: number }): Promise<void> {
    const hubs = Array.from({ length: cameras }, () => new StreamHub());
    stopUnread = playPaced(await loadPacedFilm(film), cameras, (camera, unit) => hubs[camera]?.publish(unit));
  },
  /** Cameras through the product's own hubs and producers. */
  async playOurs({ film, cameras }: { readonly film: string; readonly cameras: number }): Promise<void> {
    stopUnread?.();
    const hubs = Array.from({ length: cameras }, () => new StreamHub());
    const hubOf = (id: string) => hubs[Number(id)];
    const producers = new CameraProducers({
      source: {
        hub: hubOf,
        stream: (id, kind) => (kind === 'main' ? hubOf(id) : undefined),
        askKeyFrame: () => undefined,
      },
      transcoder: new Transcoder({ slots: 0, clock: systemClock, log: silentLog }),
      clock: systemClock,
      idleMs: 1000,
    });
    for (let camera = 0; camera < cameras; camera++)
      producerIds.push((await producers.acquire(theWorker(), `${camera}`, false)).producer.id);
    playPaced(await loadPacedFilm(film), cameras, (camera, unit) => hubs[camera]?.publish(unit));
  },
  /** Cameras that come as RTP from another process, straight into the worker. @returns the port of each */
  async openBare(cameras: number): Promise<number[]> {
    const ports: number[] = [];
    for (let camera = 0; camera < cameras; camera++) {
      const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const;
      const transport = await theWorker().router.createPlainTransport({ listenInfo, comedia: true, rtcpMux: true });
      const producer = await transport.produce({
        kind: 'video',
        rtpParameters: {
          codecs: [
            {
              mimeType: 'video/H264',
              payloadType: BARE_PAYLOAD_TYPE,
              clockRate: 90_000,
              parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
              rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
            },
          ],
          encodings: [{ ssrc: camera + 1 }],
        },
      });
      producerIds.push(producer.id);
      ports.push(transport.tuple.localPort);
    }
    return ports;
  },
  async addViewer(receiver: ReceiverSide): Promise<SenderSide> {
    const { router } = theWorker();
    const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const;
    const transport = await router.createPlainTransport({
      ...{ listenInfo, rtcpMux: true, enableSrtp: true, srtpCryptoSuite: SRTP_SUITE },
    });
    opened.push(transport);
    await transport.connect({ ip: '127.0.0.1', port: receiver.port, srtpParameters: receiver.srtpParameters });
    const producerId = producerIds[receiver.viewer % producerIds.length] ?? '';
    const consumer = await transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities });
    const { srtpParameters } = transport;
    if (!srtpParameters) throw new Error('no SRTP');
    return {
      viewer: receiver.viewer,
      port: transport.tuple.localPort,
      srtpParameters,
      rtpParameters: consumer.rtpParameters,
    };
  },
};

function theWorker(): MediaWorker {
  if (!worker) throw new Error('start first');
  return worker;
}

export type SenderCalls = typeof calls;

answerCalls(calls);
