import type { types } from 'mediasoup';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { streamingConfigSchema } from '#streaming/config.ts';
import { type MediaWorker, MediaWorkers } from '#streaming/webrtc/media-workers.ts';
import { answerCalls } from '../ingest/child-calls.ts';
import { type Received, type ReceiverSide, type SenderSide, SRTP_SUITE } from './relay-load.ts';

/**
 * Headless viewers: each a transport of its own in a mediasoup worker of another process, which checks and decrypts SRTP,
 * notices loss and asks for what is missing, as a browser does. Started by the bench.
 */

let worker: MediaWorker | undefined;
const transports = new Map<number, types.PlainTransport>();
const producers: types.Producer[] = [];

const calls = {
  async start(binary: string): Promise<void> {
    const config = readConfig('streaming', streamingConfigSchema, {}, { rtcWorkers: 1 });
    const workers = new MediaWorkers({ config, workerBinary: binary, clock: systemClock, log: silentLog });
    await workers.start();
    worker = workers.pick();
  },
  async open(viewer: number): Promise<ReceiverSide> {
    if (!worker) throw new Error('start first');
    const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const;
    const transport = await worker.router.createPlainTransport({
      ...{ listenInfo, rtcpMux: true, enableSrtp: true, srtpCryptoSuite: SRTP_SUITE },
    });
    transports.set(viewer, transport);
    const { srtpParameters } = transport;
    if (!srtpParameters) throw new Error('no SRTP');
    return { viewer, port: transport.tuple.localPort, srtpParameters };
  },
  async connect({ viewer, port, srtpParameters, rtpParameters }: SenderSide): Promise<void> {
    const transport = transports.get(viewer);
    await transport?.connect({ ip: '127.0.0.1', port, srtpParameters });
    const producer = await transport?.produce({ kind: 'video', rtpParameters });
    if (producer) producers.push(producer);
  },
  async received(): Promise<Received> {
    const sum = { viewers: 0, sizeBytes: 0, packets: 0, packetsLost: 0 };
    for (const producer of producers) {
      const [main] = await producer.getStats();
      if (!main || main.packetCount === 0) continue;
      sum.viewers++;
      sum.sizeBytes += main.byteCount;
      sum.packets += main.packetCount;
      sum.packetsLost += Math.max(0, main.packetsLost);
    }
    return sum;
  },
};

export type ReceiverCalls = typeof calls;

answerCalls(calls);
