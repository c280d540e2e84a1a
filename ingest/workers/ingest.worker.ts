import { parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { systemClock } from '#infra/runtime/clock.ts';
import { CameraPipeline } from '../camera-pipeline.ts';
import { ConnectLimiter } from '../connect-limiter.ts';
import type { CameraId, GapCause, StreamKind } from '../media.ts';
import { RecordingDisk } from '../recorder/recording-disk.ts';
import { ReadRounds } from '../rtsp/read-rounds.ts';
import {
  BEAT_INTERVAL_MS,
  type Drill,
  type FromIngest,
  type IngestWorkerData,
  type ToIngest,
} from './ingest-messages.ts';
import { LoopPacer } from './loop-pacer.ts';
import { machineMs, RingWriter } from './media-ring.ts';
import { StreamTap } from './stream-tap.ts';
import { type WatchedStream, collectRates } from './stream-rates.ts';

/** One ingest thread: runs the pipelines of its cameras, and tells the main thread what becomes of them. */

const port = parentPort;
if (!port) throw new Error('ingest.worker.ts runs as a worker thread only');
const { config, logLevel, ring: memory, connectTurns, slot } = workerData as IngestWorkerData;

interface Running {
  readonly pipeline: CameraPipeline;
  readonly taps: ReadonlyMap<StreamKind, StreamTap>;
  readonly streams: readonly WatchedStream[];
  segmentsTold: number;
  errorTold: string | undefined;
}

/** Pictures that come within this time cross with one message. */
const TELL_WITHIN_MS = 4;
const LOG_LINES_PER_BEAT = 100;

const clock = systemClock;
const ring = new RingWriter(memory);
const limiter = new ConnectLimiter(config.connectsPerSecond, clock, {
  memory: connectTurns,
  slot,
  shiftMs: machineMs() - clock.monotonicMs(),
});
const disk = new RecordingDisk({ config, clock });
const running = new Map<CameraId, Running>();
const rounds = new ReadRounds(config.readIntervalMs);
const pacer = new LoopPacer(rounds);
let refused = 0;
let tellTimer: { cancel(): void } | undefined;
let logLines = 0;

function send(message: FromIngest, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

const log = pino(
  { level: logLevel, base: null, timestamp: false },
  {
    write(line: string) {
      logLines++;
      if (logLines <= LOG_LINES_PER_BEAT) send({ kind: 'log', line });
    },
  },
);

function tell(): void {
  tellTimer ??= clock.setTimeout(() => {
    tellTimer = undefined;
    if (ring.mustTell()) send({ kind: 'media' });
  }, TELL_WITHIN_MS);
}

function start({ camera, numbers, openGap }: Extract<ToIngest, { kind: 'start' }>): void {
  if (running.has(camera.id)) return;
  const pipeline = new CameraPipeline({
    camera,
    config,
    limiter,
    segments: {
      appendSegment: (segment) => send({ kind: 'segment', segment }),
      openGap: (gap) => send({ kind: 'gap.opened', gap }),
      closeGap: (gap) => send({ kind: 'gap.closed', gap }),
    },
    states: { stateChanged: (state) => send({ kind: 'state', state }) },
    clock,
    log,
    disk,
    rounds,
    continues: openGap,
  });
  const taps = new Map<StreamKind, StreamTap>();
  const streams: WatchedStream[] = [];
  for (const [kind, hub] of pipeline.hubs) {
    const streamNumber = numbers[kind];
    if (streamNumber === undefined) continue;
    taps.set(kind, new StreamTap({ streamNumber, hub, ring, tell, onRefused: () => refused++ }));
    streams.push({ streamNumber, kind, pipeline });
  }
  running.set(camera.id, { pipeline, taps, streams, segmentsTold: 0, errorTold: undefined });
  pipeline.start();
}

async function stop(cameraId: CameraId, cause?: GapCause): Promise<void> {
  const one = running.get(cameraId);
  if (one) {
    for (const tap of one.taps.values()) tap.close();
    await one.pipeline.close(cause);
    tellRecording(cameraId, one);
    running.delete(cameraId);
  }
  send({ kind: 'stopped', cameraId });
}

function answerKeyFrame(message: Extract<ToIngest, { kind: 'ask-key-frame' }>): void {
  const { cameraId, stream, requestId } = message;
  const unit = running.get(cameraId)?.pipeline.hub(stream)?.latestKeyFrame();
  // Views of a large slab would take all of it along.
  const nalUnits = unit?.nalUnits.map((nal) => new Uint8Array(nal)) ?? [];
  const arrivedMs = (unit?.arrivedMs ?? 0) + machineMs() - clock.monotonicMs();
  send(
    { kind: 'key-frame', requestId, unit: unit && { ...unit, nalUnits, arrivedMs } },
    nalUnits.map(({ buffer }) => buffer),
  );
}

/** What was recorded changes when a file is closed, and when the disk fails. */
function tellRecording(cameraId: CameraId, one: Running): void {
  const counters = one.pipeline.recording;
  if (!counters || (counters.segments === one.segmentsTold && counters.errorCode === one.errorTold)) return;
  one.segmentsTold = counters.segments;
  one.errorTold = counters.errorCode;
  send({ kind: 'recording', cameraId, counters });
}

function beat(): void {
  for (const [cameraId, one] of running) tellRecording(cameraId, one);
  const streams = [...running.values()].flatMap((one) => one.streams);
  pacer.adapt(streams.length);
  const rates = collectRates(streams);
  const { user, system } = process.threadCpuUsage();
  send({ kind: 'beat', rates, cpuMs: (user + system) / 1000, refused }, [rates.buffer]);
  const unsaid = logLines - LOG_LINES_PER_BEAT;
  logLines = 0;
  if (unsaid > 0) log.warn({ lines: unsaid }, 'too many lines to log in one second: some were left out');
  clock.setTimeout(beat, BEAT_INTERVAL_MS);
}

async function closeAll(): Promise<void> {
  pacer.stop();
  await Promise.all([...running.keys()].map((id) => stop(id)));
  port?.close();
  process.exit(0);
}

function practise(drill: Drill): void {
  switch (drill) {
    case 'exit':
      process.exit(7);
      break;
    case 'throw':
      setImmediate(() => {
        throw new Error('a drill');
      });
      break;
    case 'hang':
      for (;;);
    case 'exhaust': {
      const kept: number[][] = [];
      for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => index + kept.length));
    }
  }
}

port.on('message', (message: ToIngest) => {
  switch (message.kind) {
    case 'start':
      start(message);
      break;
    case 'stop':
      void stop(message.cameraId, message.cause);
      break;
    case 'trigger':
      running.get(message.cameraId)?.pipeline.trigger(message.reason, message.atMs);
      break;
    case 'want':
      running.get(message.cameraId)?.taps.get(message.stream)?.want(message);
      break;
    case 'ask-key-frame':
      answerKeyFrame(message);
      break;
    case 'close':
      void closeAll();
      break;
    case 'drill':
      practise(message.drill);
      break;
  }
});
send({ kind: 'ready' });
beat();
