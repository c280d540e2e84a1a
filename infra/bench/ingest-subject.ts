import { readConfig } from '#infra/runtime/config.ts';
import type { Camera } from '#ingest/cameras/camera.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { cameraId } from '#ingest/media.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import { answerCalls } from './ingest/child-calls.ts';
import { type IngestUnderTest, startIngest } from './ingest/ingest-under-test.ts';

/** The process that is measured: cameras in, files out, no database. Started by the bench. */

export interface SubjectStart {
  readonly urls: readonly string[];
  readonly folder: string;
  readonly segmentSeconds: number;
  /** 0: one for each core. */
  readonly threads: number;
}

/** What the index says of one camera. */
export interface CameraIndex {
  readonly cameraId: string;
  readonly frames: number;
  /** Relative to the folder. */
  readonly files: readonly string[];
  /** Why each gap was, with the code of the error. */
  readonly gaps: readonly string[];
}

let ingest: IngestUnderTest | undefined;
let isClosing = false;
const index = new Map<string, { frames: number; files: string[]; gaps: string[] }>();
/** What was closed, oldest first, as far as it was not asked for. */
const closed: { readonly camera: number; readonly file: string; readonly endMs: number }[] = [];
const live = new Set<string>();

const calls = {
  async start({ urls, folder, segmentSeconds, threads }: SubjectStart): Promise<void> {
    const config = readConfig('INGEST', ingestConfigSchema, {}, { recordingFolder: folder, segmentSeconds, threads });
    const cameras = urls.map(toCamera);
    const numbers = new Map(cameras.map(({ id }, at) => [id, at]));
    for (const { id } of cameras) index.set(id, { frames: 0, files: [], gaps: [] });
    ingest = await startIngest({
      cameras,
      config,
      segments: {
        appendSegment: (segment) => {
          const entry = index.get(segment.cameraId);
          entry?.files.push(segment.path);
          if (entry) entry.frames += segment.frames;
          closed.push({ camera: numbers.get(segment.cameraId) ?? 0, file: segment.path, endMs: segment.endMs });
        },
        openGap: (gap) => {
          const entry = index.get(gap.cameraId);
          if (!isClosing) entry?.gaps.push(gap.errorCode ?? gap.cause);
        },
        closeGap: () => undefined,
      },
      states: {
        stateChanged: (state) => {
          if (state.status === 'live') live.add(state.cameraId);
          else live.delete(state.cameraId);
        },
      },
    });
  },
  live: (): number => live.size,
  /** Files whose pictures end before this wall time, by the number of their camera, each told once. */
  takeClosedBefore(endMs: number): readonly (readonly string[])[] {
    const files = Array.from({ length: index.size }, (): string[] => []);
    const young = closed.findIndex((one) => one.endMs >= endMs);
    for (const { camera, file } of closed.splice(0, young < 0 ? closed.length : young)) files[camera]?.push(file);
    return files;
  },
  /** Closes all files. @returns the whole index */
  async close(): Promise<readonly CameraIndex[]> {
    isClosing = true;
    await ingest?.close();
    return [...index].map(([id, entry]) => ({ cameraId: id, ...entry }));
  },
};

export type SubjectCalls = typeof calls;

function toCamera(url: string, position: number): Camera {
  const name = `camera-${position + 1}`;
  return {
    id: cameraId(name),
    name,
    number: String(position + 1),
    area: '',
    scene: 'road',
    latitude: undefined,
    longitude: undefined,
    streams: [{ kind: 'main', url }],
    username: undefined,
    password: undefined,
    recording: recordingPolicy({ mode: 'continuous' }),
    analysis: { mode: 'off' },
    rules: [],
  };
}

answerCalls(calls);
