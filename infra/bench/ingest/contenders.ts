import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CameraIndex, SubjectCalls } from '../ingest-subject.ts';
import { ChildCaller } from './child-calls.ts';

/** Something that takes in cameras and records them, from start to its last file. */
export interface Contender {
  /** Its processes, without what they started. */
  readonly pids: readonly number[];
  /** Cameras whose pictures arrive. */
  live(): Promise<number>;
  /** Deletes files that are older than this and closed, but those of cameras to keep; counts are by the index then. */
  sweep?(olderThanMs: number, isKept: (camera: number) => boolean): Promise<void>;
  /** Closes its files. @returns what it recorded of each camera; `frames` undefined when it keeps no index */
  finish(): Promise<readonly RecordedCamera[]>;
  /** Ends its processes, whatever happened. */
  close(): Promise<void>;
}

export interface RecordedCamera {
  readonly frames: number | undefined;
  /** Absolute. */
  readonly files: readonly string[];
  /** Why each gap was. */
  readonly gaps: readonly string[];
}

export interface ContenderOptions {
  readonly urls: readonly string[];
  readonly folder: string;
  readonly segmentSeconds: number;
}

export interface OursOptions extends ContenderOptions {
  /** Over how many threads the cameras are spread; 0: one for each core. */
  readonly threads: number;
  /** Where a CPU profile of each process goes, when one is wanted. */
  readonly profileFolder: string | undefined;
}

const SECOND_SIGNAL_MS = 300;

/** Ours: the ingest threads of a camera node in a process of their own. */
export async function startOurs({
  urls,
  folder,
  segmentSeconds,
  threads,
  profileFolder,
}: OursOptions): Promise<Contender> {
  const execArgv = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const subject = new ChildCaller<SubjectCalls>(new URL('../ingest-subject.ts', import.meta.url), execArgv);
  await mkdir(folder, { recursive: true });
  await subject.call('start', { urls, folder, segmentSeconds, threads });
  return {
    pids: [subject.pid],
    live: () => subject.call('live'),
    async sweep(olderThanMs, isKept) {
      const old = await subject.call('takeClosedBefore', Date.now() - olderThanMs);
      const files = old.flatMap((names, camera) => (isKept(camera) ? [] : names));
      await Promise.all(files.map((file) => rm(path.join(folder, file), { force: true })));
    },
    async finish() {
      const cameras = await subject.call('close');
      return cameras.map(({ frames, files, gaps }: CameraIndex) => ({
        frames,
        files: files.map((file) => path.join(folder, file)),
        gaps,
      }));
    },
    close: () => subject.close(),
  };
}

/** The peer: `ffmpeg -c copy` into fragmented MP4 segments, a process for each camera, as it is usually run. */
export async function startFfmpeg({ urls, folder, segmentSeconds }: ContenderOptions): Promise<Contender> {
  const folders = urls.map((_, at) => path.join(folder, `ffmpeg-${at + 1}`));
  await Promise.all(folders.map((one) => mkdir(one, { recursive: true })));
  const children = urls.map((url, at) => {
    const words = '-hide_banner -nostdin -loglevel error -rtsp_transport tcp -i'.split(' ');
    const muxing = `-c copy -f segment -segment_time ${segmentSeconds} -segment_format mp4 -reset_timestamps 1`.split(
      ' ',
    );
    const fragments = ['-segment_format_options', 'movflags=+frag_keyframe+empty_moov+default_base_moof'];
    const target = path.join(folders[at] ?? folder, '%05d.mp4');
    return spawn('ffmpeg', [...words, url, ...muxing, ...fragments, target], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
  const gone = children.map((child) => ended(child));
  return {
    pids: children.map((child) => child.pid ?? 0),
    // A file is there once the first pictures were taken in.
    async live() {
      const files = await Promise.all(folders.map((one) => readdir(one)));
      return files.filter((names) => names.length > 0).length;
    },
    async finish() {
      // The first one asks it to end, the second takes it out of waiting for pictures that no longer come.
      for (const child of children) child.kill('SIGINT');
      await new Promise((resolve) => {
        setTimeout(resolve, SECOND_SIGNAL_MS);
      });
      for (const child of children) child.kill('SIGINT');
      await Promise.all(gone);
      return Promise.all(
        folders.map(async (one) => {
          const names = await readdir(one);
          return { frames: undefined, files: names.map((name) => path.join(one, name)), gaps: [] };
        }),
      );
    },
    async close() {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(gone);
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}
