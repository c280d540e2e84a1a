import { loadavg } from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../setup/cache-folder.ts';
import { findMediasoupWorker, mediasoupVersion } from '../setup/mediasoup-worker/worker-binary.ts';
import { type BenchReport, describeMachine, type Figures } from './bench-report.ts';
import { benchErrors } from './errors.ts';
import { ChildCaller } from './ingest/child-calls.ts';
import { makeLoadFilm } from './ingest/load-clip.ts';
import { cpuMsOf, withDescendants } from './ingest/process-usage.ts';
import type { CameraCalls } from './relay/load-cameras.ts';
import type { ReceiverCalls } from './relay/load-receiver.ts';
import type { SenderCalls } from './relay/load-sender.ts';
import { type Received, SRTP_SUITE } from './relay/relay-load.ts';

export interface RelayBenchOptions {
  readonly viewers: readonly number[];
  readonly cameras: number;
  readonly seconds: number;
  readonly mbitPerSecond: number;
  /** How often both are measured at each size, in turns. */
  readonly repeat: number;
  readonly onProgress: (line: string) => void;
}

const WARM_UP_MS = 4000;
const UNREAD_WARM_UP_MS = 1500;
const UNREAD_MS = 4000;
const FIRST_PACKET_WITHIN_MS = 30_000;

interface Run {
  readonly viewers: number;
  readonly seconds: number;
  readonly gbit: number;
  readonly cpuSeconds: number;
  /** Of `cpuSeconds`, what the mediasoup worker took. */
  readonly workerCpuSeconds: number;
  /** Of `cpuSeconds`, what the made cameras took: their film, its timer, and hubs that nobody reads. 0 of the worker alone. */
  readonly camerasCpuSeconds: number;
  readonly lossRatio: number;
}

/**
 * What a delivered Gbit costs: our process and its worker, from the hub to SRTP; and in turns a mediasoup worker alone that
 * is fed from outside, for as many viewers of the same cameras.
 *
 * @throws {AppError} `BENCH_RELAY_MISSING`, `BENCH_NOT_LIVE`
 */
export async function benchRelay(options: RelayBenchOptions): Promise<BenchReport> {
  const finding = findMediasoupWorker();
  if (!('path' in finding)) throw benchErrors.BENCH_RELAY_MISSING({ reason: finding.missingReason });
  const loadAverage = loadavg()[0] ?? 0;
  const film = await makeLoadFilm(path.join(cacheFolder(), 'bench'), options.mbitPerSecond);
  const results: Figures[] = [];
  const bare: { viewers: number; cost: number }[] = [];
  for (const viewers of options.viewers) {
    const ours: Run[] = [];
    const alone: Run[] = [];
    for (let round = 0; round < options.repeat; round++) {
      ours.push(await measure('ours', viewers, { ...options, film, binary: finding.path }));
      alone.push(await measure('bare', viewers, { ...options, film, binary: finding.path }));
      options.onProgress(
        `${viewers} viewers: ${describe(ours.at(-1))}; mediasoup worker alone: ${describe(alone.at(-1))}`,
      );
    }
    const cost = costOf(ours);
    const camerasCost = sum(ours, 'camerasCpuSeconds') / sum(ours, 'gbit');
    const peerCost = costOf(alone);
    bare.push({ viewers, cost: peerCost });
    results.push({
      viewers,
      cpuSecondsPerGbit: round(cost, 3),
      workerCpuSecondsPerGbit: round(sum(ours, 'workerCpuSeconds') / sum(ours, 'gbit'), 3),
      aloneCpuSecondsPerGbit: round(peerCost, 3),
      overheadRatio: round(cost / peerCost, 3),
      camerasCpuSecondsPerGbit: round(camerasCost, 3),
      overheadRatioWithoutCameras: round((cost - camerasCost) / peerCost, 3),
      deliveredGbitPerSecond: round(sum(ours, 'gbit') / sum(ours, 'seconds'), 4),
      lossRatio: round(ours.reduce((total, run) => total + run.lossRatio, 0) / ours.length, 6),
      aloneLossRatio: round(alone.reduce((total, run) => total + run.lossRatio, 0) / alone.length, 6),
    });
  }
  const largest = bare.at(-1);
  const last = results.at(-1);
  return {
    bench: 'relay',
    machine: describeMachine(),
    conditions: {
      cameras: options.cameras,
      mbitPerSecondPerCamera: options.mbitPerSecond,
      seconds: options.seconds,
      repeat: options.repeat,
      loadAverageBefore: round(loadAverage, 1),
      receivers: `a transport each in a mediasoup worker of another process, which checks and decrypts SRTP (${SRTP_SUITE})`,
      cpu: 'schedstat: our process with its worker, the made cameras in it too, where not said otherwise; of the peer its worker alone, fed over UDP by a process that is not counted',
      delivered: 'bytes of RTP that the receivers took',
    },
    results,
    peer: {
      name: 'mediasoup-worker alone',
      version: mediasoupVersion(),
      viewers: largest?.viewers ?? 0,
      cpuSecondsPerGbit: round(largest?.cost ?? 0, 3),
    },
    ...(last && { ratio: Number(last['overheadRatio']) }),
  };
}

async function measure(
  who: 'ours' | 'bare',
  viewers: number,
  options: RelayBenchOptions & { readonly film: string; readonly binary: string },
): Promise<Run> {
  const { film, binary, cameras, seconds } = options;
  const child = (name: string): URL => new URL(`./relay/${name}.ts`, import.meta.url);
  const sender = new ChildCaller<SenderCalls>(child('load-sender'));
  const receiver = new ChildCaller<ReceiverCalls>(child('load-receiver'));
  const source = who === 'bare' ? new ChildCaller<CameraCalls>(child('load-cameras')) : undefined;
  try {
    const [{ workerPid }] = await Promise.all([sender.call('start', binary), receiver.call('start', binary)]);
    let camerasCpuMsPerMs = 0;
    if (source) {
      await source.call('play', { film, ports: await sender.call('openBare', cameras) });
    } else {
      await sender.call('playUnread', { film, cameras });
      await pause(UNREAD_WARM_UP_MS);
      const [fromMs, fromCpuMs] = [performance.now(), cpuMsOf([sender.pid])];
      await pause(UNREAD_MS);
      camerasCpuMsPerMs = (cpuMsOf([sender.pid]) - fromCpuMs) / (performance.now() - fromMs);
      await sender.call('playOurs', { film, cameras });
    }
    for (let viewer = 0; viewer < viewers; viewer++) {
      const side = await sender.call('addViewer', await receiver.call('open', viewer));
      await receiver.call('connect', side);
    }
    await untilAllReceive(receiver, viewers);
    await pause(WARM_UP_MS);
    const counted = who === 'ours' ? withDescendants([sender.pid]) : [workerPid];
    const read = async () => {
      const received: Received = await receiver.call('received');
      return { received, atMs: performance.now(), cpuMs: cpuMsOf(counted), workerCpuMs: cpuMsOf([workerPid]) };
    };
    const before = await read();
    await pause(seconds * 1000);
    const after = await read();
    const lasted = (after.atMs - before.atMs) / 1000;
    const packets = after.received.packets - before.received.packets;
    const lost = after.received.packetsLost - before.received.packetsLost;
    return {
      viewers,
      seconds: lasted,
      gbit: ((after.received.sizeBytes - before.received.sizeBytes) * 8) / 1e9,
      cpuSeconds: (after.cpuMs - before.cpuMs) / 1000,
      workerCpuSeconds: (after.workerCpuMs - before.workerCpuMs) / 1000,
      camerasCpuSeconds: camerasCpuMsPerMs * lasted,
      lossRatio: lost / Math.max(1, packets + lost),
    };
  } finally {
    await Promise.all([sender.close(), receiver.close(), source?.close()]);
  }
}

async function untilAllReceive(receiver: ChildCaller<ReceiverCalls>, viewers: number): Promise<void> {
  const untilMs = performance.now() + FIRST_PACKET_WITHIN_MS;
  for (;;) {
    const { viewers: live } = await receiver.call('received');
    if (live >= viewers) return;
    if (performance.now() > untilMs) throw benchErrors.BENCH_NOT_LIVE({ viewers, live });
    await pause(200);
  }
}

function costOf(runs: readonly Run[]): number {
  return sum(runs, 'cpuSeconds') / sum(runs, 'gbit');
}

function sum(
  runs: readonly Run[],
  key: 'cpuSeconds' | 'workerCpuSeconds' | 'camerasCpuSeconds' | 'gbit' | 'seconds',
): number {
  return runs.reduce((total, run) => total + run[key], 0);
}

function describe(run: Run | undefined): string {
  if (!run) return '';
  const cost = (run.cpuSeconds / run.gbit).toFixed(3);
  return `${cost} CPU s/Gbit at ${(run.gbit / run.seconds).toFixed(3)} Gbit/s, ${(run.lossRatio * 100).toFixed(3)} % lost`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}
