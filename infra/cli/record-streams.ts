import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { createLogger } from '#infra/runtime/logger.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { CameraPipeline } from '#ingest/camera-pipeline.ts';
import type { Camera, CameraState, TransportChoice } from '#ingest/cameras/camera.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { ConnectLimiter } from '#ingest/connect-limiter.ts';
import { ingestErrors } from '#ingest/errors.ts';
import { cameraId, type RecordingGap, type SegmentRecord } from '#ingest/media.ts';
import { cameraFolder } from '#ingest/recorder/segment-path.ts';
import type { Credentials } from '#ingest/rtsp/rtsp-auth.ts';
import { parseRtspUrl, type RtspAddress } from '#ingest/rtsp/rtsp-url.ts';

export interface RecordRequest {
  readonly urls: readonly string[];
  readonly folder: string;
  readonly seconds: number;
  readonly segmentSeconds: number | undefined;
  readonly credentials: Credentials | undefined;
  /** @default auto */
  readonly transport?: TransportChoice | undefined;
  /** Of the cameras with rtsps addresses. */
  readonly certificateSha256?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RecordSummary {
  /** Without credentials. */
  readonly url: string;
  readonly folder: string;
  readonly frames: number;
  readonly segments: readonly SegmentRecord[];
  readonly sizeBytes: number;
  readonly gaps: readonly RecordingGap[];
  /** What kept it from being recorded at last. */
  readonly errorCode: string | undefined;
}

/** Nothing at all was seen for this long: give up before the time is over. */
const GIVE_UP_MS = 10_000;
const POLL_MS = 50;
/** Trying again within the time of one recording cannot help. */
const FINAL_CODES = new Set([
  'RTSP_AUTH_REJECTED',
  'RTSP_NOT_RTSP',
  'RTSP_STREAM_NOT_FOUND',
  'RTSP_NO_VIDEO',
  'CODEC_UNSUPPORTED',
  'CAMERA_CERTIFICATE_UNTRUSTED',
  'RTSP_REDIRECT_LOOP',
  'RTSP_TRANSPORT_REFUSED',
]);

interface Recording {
  readonly address: RtspAddress;
  readonly camera: Camera;
  readonly pipeline: CameraPipeline;
  readonly segments: SegmentRecord[];
  readonly gaps: Map<string, RecordingGap>;
  errorCode: string | undefined;
}

/**
 * Records streams for a time, or until the process is interrupted.
 * @throws {AppError} `CAMERA_URL_INVALID`, `DISK_WRITE_FAILED` when the folder cannot be made
 */
export async function recordStreams(request: RecordRequest): Promise<readonly RecordSummary[]> {
  const folder = path.resolve(request.folder);
  const addresses = request.urls.map((url) => parseRtspUrl(url));
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw ingestErrors.DISK_WRITE_FAILED({ folder, reason: error.code });
  });
  const config = readConfig('INGEST', ingestConfigSchema, request.env, {
    recordingFolder: folder,
    ...(request.segmentSeconds === undefined
      ? {}
      : { segmentSeconds: Math.max(2, Math.round(request.segmentSeconds)) }),
  });
  const log = createLogger({ level: request.env['VANTAGE_LOG_LEVEL'] ?? 'error', pretty: true });
  const limiter = new ConnectLimiter(config.connectsPerSecond, systemClock);
  const recordings = addresses.map((address, index): Recording => {
    const camera = toCamera(address, request, index);
    const segments: SegmentRecord[] = [];
    const gaps = new Map<string, RecordingGap>();
    const pipeline = new CameraPipeline({
      camera,
      config,
      limiter,
      segments: {
        appendSegment: (segment) => void segments.push(segment),
        openGap: (gap) => void gaps.set(gap.gapId, gap),
        closeGap: (gap) => void gaps.set(gap.gapId, gap),
      },
      states: { stateChanged: (state) => noteError(recording, state) },
      clock: systemClock,
      log,
    });
    const recording: Recording = { address, camera, pipeline, segments, gaps, errorCode: undefined };
    return recording;
  });
  for (const { pipeline } of recordings) pipeline.start();
  await untilDone(recordings, request.seconds * 1000);
  await Promise.all(recordings.map(({ pipeline }) => pipeline.close()));
  return recordings.map((recording) => summarise(recording, folder));
}

function toCamera(address: RtspAddress, request: RecordRequest, index: number): Camera {
  const name = address.url
    .replace(/^rtsps?:\/\//, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const signIn = address.credentials ?? request.credentials;
  return {
    id: cameraId(`${String(index + 1).padStart(2, '0')}-${name}`.slice(0, 80)),
    name,
    number: '',
    area: '',
    scene: 'road',
    latitude: undefined,
    longitude: undefined,
    streams: [{ kind: 'main', url: address.url }],
    username: signIn?.username,
    password: signIn?.password,
    transport: request.transport,
    certificateSha256: request.certificateSha256,
    isRecording: true,
    analysis: { mode: 'off' },
    rules: [],
  };
}

function noteError(recording: Recording, state: CameraState): void {
  if (state.status === 'live') recording.errorCode = undefined;
  else if (state.errorCode !== undefined) recording.errorCode = state.errorCode;
}

async function untilDone(recordings: readonly Recording[], durationMs: number): Promise<void> {
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const startedMs = systemClock.monotonicMs();
  let firstPictureMs: number | undefined;
  while (!interrupted.signal.aborted) {
    const nowMs = systemClock.monotonicMs();
    if (firstPictureMs === undefined && recordings.some(({ pipeline }) => pipeline.hub('main')?.format)) {
      firstPictureMs = nowMs;
    }
    if (firstPictureMs !== undefined && nowMs - firstPictureMs >= durationMs) break;
    if (firstPictureMs === undefined && isHopeless(recordings, nowMs - startedMs)) break;
    await sleep(POLL_MS, systemClock, interrupted.signal);
  }
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
}

function isHopeless(recordings: readonly Recording[], elapsedMs: number): boolean {
  if (!recordings.every(({ errorCode }) => errorCode !== undefined)) return elapsedMs >= 3 * GIVE_UP_MS;
  const isFinal = recordings.every(({ errorCode }) => FINAL_CODES.has(errorCode ?? ''));
  return isFinal || elapsedMs >= GIVE_UP_MS;
}

function summarise({ address, camera, segments, gaps, pipeline, errorCode }: Recording, folder: string): RecordSummary {
  return {
    url: address.url,
    folder: path.join(folder, cameraFolder(camera.id)),
    frames: segments.reduce((sum, segment) => sum + segment.frames, 0),
    segments,
    sizeBytes: segments.reduce((sum, segment) => sum + segment.sizeBytes, 0),
    // The one that begins when we stop is no news.
    gaps: [...gaps.values()].filter((gap) => gap.cause !== 'service_stopped'),
    errorCode: errorCode ?? pipeline.recording?.errorCode,
  };
}

export function printSummary(summaries: readonly RecordSummary[], asJson: boolean): void {
  if (asJson) {
    console.log(JSON.stringify({ recordings: summaries }));
    return;
  }
  for (const { url, folder, frames, segments, sizeBytes, gaps, errorCode } of summaries) {
    if (frames === 0) {
      console.error(`${url}: nothing was recorded. ${sentenceOf(errorCode)}`);
      continue;
    }
    const seconds = segments.reduce((sum, segment) => sum + segment.endMs - segment.startMs, 0) / 1000;
    console.log(
      `${url}\n  ${frames} frames, ${seconds.toFixed(2)} s, ${segments.length} segment(s), ${sizeBytes} bytes, ${gaps.length} gap(s)\n  ${folder}`,
    );
    for (const gap of gaps) {
      const length = gap.endMs === undefined ? 'to the end' : `${((gap.endMs - gap.startMs) / 1000).toFixed(1)} s`;
      console.log(`  gap: ${new Date(gap.startMs).toISOString()} ${length}, ${gap.cause} ${gap.errorCode ?? ''}`);
    }
  }
}

function sentenceOf(code: string | undefined): string {
  const factory = Object.entries(ingestErrors).find(([name]) => name === code)?.[1];
  return factory ? `${code}: ${factory.text.en} ${factory.text.remedyEn}` : 'No key frame came in time.';
}
