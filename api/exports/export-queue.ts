import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { CameraId } from '#ingest/media.ts';
import type { CameraRepository } from '#storage/cameras/camera-repository.ts';
import type { ExportFile } from '#storage/recordings/export-file.ts';
import type { ClipExport, ExportRepository } from '#storage/recordings/export-repository.ts';
import type { SegmentRepository } from '#storage/recordings/segment-repository.ts';
import { apiErrors } from '../errors.ts';
import { readOpenSegment } from '../open-segment.ts';
import { type ClipPart, type ClipSource, planClip } from './clip-plan.ts';
import { readRecordedFile } from './recorded-file.ts';
import { subtitlesFile, timesFile, timeWords } from './time-sidecar.ts';
import { writeClip } from './write-clip.ts';

const HOUR_MS = 3_600_000;
/** The recorder needs room more than an export does. */
const LEFT_FREE_BYTES = 2_000_000_000;
const SECOND_MS = 1000;

interface Job {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  totalBytes: number;
  doneBytes: number;
}

/** A part of an export that will be written. */
interface Planned {
  readonly cameraId: CameraId;
  readonly cameraName: string;
  readonly part: ClipPart;
}

interface ExportQueueDeps {
  readonly exports: ExportRepository;
  readonly segments: Pick<SegmentRepository, 'timeline'>;
  readonly cameras: Pick<CameraRepository, 'list'>;
  readonly recordingFolder: string;
  readonly folder: string;
  /** Written at a time; the others wait in their order. */
  readonly atOnce: number;
  readonly keptHours: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Makes files of recordings, a few at a time, and deletes them when their time is over. */
export class ExportQueue {
  readonly #deps: ExportQueueDeps;
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: ClipExport[] = [];
  #timer: { cancel(): void } | undefined;
  #isClosed = false;

  constructor(deps: ExportQueueDeps) {
    this.#deps = deps;
  }

  /** Ends what a run before left open, and clears away what has expired: now and every hour. */
  async start(): Promise<void> {
    const { exports, log } = this.#deps;
    for (const exportId of await exports.failOpen('EXPORT_INTERRUPTED')) await this.#removeFiles(exportId);
    const sweep = async (): Promise<void> => {
      await this.expire().catch((error: unknown) => log.warn(`expired exports wait: ${describeError(error)}`));
      if (!this.#isClosed) this.#timer = this.#deps.clock.setTimeout(() => void sweep(), HOUR_MS);
    };
    await sweep();
  }

  add(one: ClipExport): void {
    this.#waiting.push(one);
    this.#next();
  }

  /** How many wait or run. */
  get openCount(): number {
    return this.#waiting.length + this.#jobs.size;
  }

  /** 0..1 while it runs; undefined before and after. */
  progress(exportId: string): number | undefined {
    const job = this.#jobs.get(exportId);
    return job && (job.totalBytes === 0 ? 0 : Math.min(1, job.doneBytes / job.totalBytes));
  }

  /** Ends it, wherever it is, and deletes its files. */
  async cancel(exportId: string): Promise<void> {
    const index = this.#waiting.findIndex((one) => one.exportId === exportId);
    if (index >= 0) this.#waiting.splice(index, 1);
    const job = this.#jobs.get(exportId);
    job?.abort.abort();
    await job?.done;
    await this.#deps.exports.end(exportId, { state: 'cancelled' });
    await this.#removeFiles(exportId);
  }

  fileOf(exportId: string, file: string): string {
    return path.join(this.#deps.folder, path.basename(exportId), path.basename(file));
  }

  /** The row first, so that none names files that are gone. */
  async expire(): Promise<void> {
    const { exports, clock } = this.#deps;
    for (const exportId of await exports.listExpired(clock.nowMs())) {
      await exports.end(exportId, { state: 'expired' });
      await this.#removeFiles(exportId);
    }
  }

  /** Ends what runs; safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#waiting.splice(0);
    for (const job of this.#jobs.values()) job.abort.abort();
    await Promise.all([...this.#jobs.values()].map((job) => job.done));
  }

  #next(): void {
    while (!this.#isClosed && this.#jobs.size < this.#deps.atOnce) {
      const one = this.#waiting.shift();
      if (!one) return;
      const abort = new AbortController();
      const done = Promise.withResolvers<void>();
      const job: Job = { abort, done: done.promise, totalBytes: 0, doneBytes: 0 };
      this.#jobs.set(one.exportId, job);
      void this.#run(one, job).finally(() => {
        this.#jobs.delete(one.exportId);
        done.resolve();
        this.#next();
      });
    }
  }

  async #run(one: ClipExport, job: Job): Promise<void> {
    const { exports, clock, log, keptHours } = this.#deps;
    try {
      await exports.setRunning(one.exportId);
      const planned = await this.#plan(one, job.abort.signal);
      job.totalBytes = planned.reduce((sum, { part }) => sum + part.sizeBytes, 0);
      if (planned.length === 0) throw apiErrors.EXPORT_EMPTY({ exportId: one.exportId });
      await this.#requireRoom(job.totalBytes);
      const files = await this.#write(one, planned, job);
      await exports.end(one.exportId, { state: 'done', files, expiresAtMs: clock.nowMs() + keptHours * HOUR_MS });
    } catch (thrown) {
      await this.#removeFiles(one.exportId);
      // Cancelled: who cancels writes it down. At the end of the process the next start does.
      if (job.abort.signal.aborted) return;
      const error = toAppError(thrown);
      log.warn({ exportId: one.exportId, err: error }, 'an export failed');
      const errorCode = error.kind === 'internal' ? 'EXPORT_FAILED' : error.code;
      await exports
        .end(one.exportId, { state: 'failed', errorCode })
        .catch((away: unknown) => log.warn(`an export stays open in the database: ${describeError(away)}`));
    }
  }

  async #plan(one: ClipExport, signal: AbortSignal): Promise<readonly Planned[]> {
    const names = new Map((await this.#deps.cameras.list()).map((camera) => [camera.id, camera.name]));
    const planned: Planned[] = [];
    for (const cameraId of one.cameraIds) {
      const { segments } = await this.#deps.segments.timeline({ cameraId, fromMs: one.fromMs, toMs: one.toMs });
      const sources: ClipSource[] = [];
      const open = await readOpenSegment(this.#deps.recordingFolder, cameraId, this.#deps.clock.nowMs());
      const isNew = open && open.startMs < one.toMs && !segments.some(({ segmentId }) => segmentId === open.segmentId);
      for (const segment of [...segments, ...(isNew ? [open] : [])]) {
        signal.throwIfAborted();
        const file = path.resolve(this.#deps.recordingFolder, segment.path);
        if (!file.startsWith(path.resolve(this.#deps.recordingFolder) + path.sep)) continue;
        // What retention took meanwhile is a gap, and begins a new file as every gap does.
        const recorded = await readRecordedFile(file).catch(() => undefined);
        if (recorded) sources.push({ path: file, startMs: segment.startMs, file: recorded });
      }
      for (const part of planClip(sources, one))
        planned.push({ cameraId, cameraName: names.get(cameraId) ?? cameraId, part });
    }
    return planned;
  }

  async #write(one: ClipExport, planned: readonly Planned[], job: Job): Promise<readonly ExportFile[]> {
    const { signal } = job.abort;
    const words = timeWords(one.timeZone);
    await mkdir(path.join(this.#deps.folder, one.exportId), { recursive: true, mode: 0o700 });
    const files: ExportFile[] = [];
    for (const [index, { cameraId, cameraName, part }] of planned.entries()) {
      const name = `${fileSafe(cameraName)}_${words.forFile(part.startMs)}`;
      const onBytes = (sizeBytes: number): void => {
        job.doneBytes += sizeBytes;
      };
      const sizeBytes = await writeClip(part, this.fileOf(one.exportId, `${index}.mp4`), { signal, onBytes });
      const { startMs, endMs, frames } = part;
      files.push({
        cameraId,
        name: `${name}.mp4`,
        file: `${index}.mp4`,
        kind: 'video',
        sizeBytes,
        startMs,
        endMs,
        frames,
      });
      const about = { ...one, cameraId, cameraName, exportedAtMs: this.#deps.clock.nowMs() };
      const beside = [
        ['times', 'json', timesFile(part, about)],
        ['subtitles', 'vtt', subtitlesFile(part, cameraName, words)],
      ] as const;
      for (const [kind, ending, text] of beside) {
        const file = `${index}.${ending}`;
        await writeFile(this.fileOf(one.exportId, file), text, { mode: 0o600 });
        files.push({ cameraId, name: `${name}.${ending}`, file, kind, sizeBytes: Buffer.byteLength(text) });
      }
    }
    return files;
  }

  async #requireRoom(neededBytes: number): Promise<void> {
    await mkdir(this.#deps.folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.#deps.folder);
    if (bavail * bsize < neededBytes + LEFT_FREE_BYTES) throw apiErrors.EXPORT_NO_ROOM({ neededBytes });
  }

  async #removeFiles(exportId: string): Promise<void> {
    await rm(path.join(this.#deps.folder, path.basename(exportId)), {
      recursive: true,
      force: true,
      maxRetries: 2,
      retryDelay: SECOND_MS,
    });
  }
}

/** A name that every file system takes. */
function fileSafe(name: string): string {
  return name.replaceAll(/[\p{Cc}\s/\\:*?"<>|.]+/gu, '-').slice(0, 60);
}
