import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { toDecodableUnit } from '#ingest/frames/decodable-unit.ts';
import { matroskaHeader, matroskaUnitHead } from '#ingest/frames/matroska-writer.ts';
import { NutReader } from '#ingest/frames/nut-reader.ts';
import { StreamHub } from '#ingest/hub/stream-hub.ts';
import type { ReadableHub, StreamReader } from '#ingest/hub/readable-hub.ts';
import type { AccessUnit } from '#ingest/media.ts';
import { H264ParameterSets } from '#ingest/rtp/h264-parameter-sets.ts';
import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { streamingErrors } from '../errors.ts';
import { splitAnnexB } from './annex-b.ts';

/** More than this not yet read by ffmpeg: the machine is too slow for this camera; it goes on at a key frame. */
const MAX_BACKLOG_BYTES = 4_000_000;
/** Pictures under way in ffmpeg. */
const MAX_UNDER_WAY = 256;
const NAL_TYPE_IDR = 5;
const NAL_TYPE_SPS = 7;
const NAL_TYPE_PPS = 8;
/** Not part of the picture: access unit delimiter, SEI. */
const LEFT_OUT = new Set([6, 9]);
/** A process that fails sooner than this fails again: it is given up. */
const HEALTHY_MS = 5000;

export interface H264TranscodingDeps {
  readonly source: ReadableHub;
  readonly clock: Clock;
  readonly log: Log;
  readonly ffmpegPath: string;
  /** ffmpeg does not do it; called once. */
  onEnded(): void;
}

/**
 * One camera's H.265 as H.264, through one ffmpeg: Matroska in, NUT out, each picture with the time stamp that it went in
 * with. The pictures of a stream that breaks off or changes its format are decoded by a fresh process.
 */
export class H264Transcoding implements StreamReader {
  readonly name = 'transcoding';
  readonly #deps: H264TranscodingDeps;
  readonly #hub = new StreamHub();
  readonly #detach: () => void;
  readonly #parameters = new H264ParameterSets();
  /** By time stamp, for what comes out. */
  readonly #underWay = new Map<number, AccessUnit>();
  #process: ChildProcessWithoutNullStreams | undefined;
  #processFormat: AccessUnit['format'] | undefined;
  #startedMs = 0;
  #mustWait = true;
  #isClosed = false;

  constructor(deps: H264TranscodingDeps) {
    this.#deps = deps;
    this.#detach = deps.source.attach(this);
  }

  get hub(): ReadableHub {
    return this.#hub;
  }

  onAccessUnit(unit: AccessUnit): void {
    if (this.#isClosed) return;
    if (unit.format !== this.#processFormat && this.#process) this.#stop();
    if (this.#mustWait && !unit.isKeyFrame) return;
    if ((this.#process?.stdin.writableLength ?? 0) > MAX_BACKLOG_BYTES) {
      this.#mustWait = true;
      return;
    }
    const decodable = toDecodableUnit(unit, this.#process ? 'next' : 'first');
    if (!decodable) {
      this.#mustWait = true;
      return;
    }
    this.#mustWait = false;
    const process = this.#process ?? this.#start(unit);
    const timestampMs = Math.round(unit.pts90k / 90);
    this.#underWay.set(timestampMs, unit);
    for (const key of this.#underWay.keys()) {
      if (this.#underWay.size <= MAX_UNDER_WAY) break;
      this.#underWay.delete(key);
    }
    const { stdin } = process;
    stdin.cork();
    stdin.write(matroskaUnitHead(timestampMs, decodable.sizeBytes, decodable.isKeyFrame));
    for (const part of decodable.parts) stdin.write(part);
    stdin.uncork();
  }

  onDiscontinuity(): void {
    this.#stop();
    this.#hub.signalDiscontinuity('stream_error');
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#detach();
    this.#stop();
  }

  #stop(): void {
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
    this.#mustWait = true;
    this.#underWay.clear();
  }

  #start(first: AccessUnit): ChildProcessWithoutNullStreams {
    const child = spawn(this.#deps.ffmpegPath, ffmpegArguments(), { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process = child;
    this.#processFormat = first.format;
    this.#startedMs = this.#deps.clock.monotonicMs();
    const nut = new NutReader({
      begin: (_timestampMs, sizeBytes) => Buffer.allocUnsafe(sizeBytes),
      end: (timestampMs, bytes) => {
        if (bytes && this.#process === child) this.#publish(timestampMs, bytes);
      },
    });
    child.stdin.on('error', () => {}); // EPIPE: the exit says more
    child.stderr.resume();
    child.stdout.on('data', (chunk: Buffer) => {
      if (this.#process !== child) return;
      try {
        nut.push(chunk);
      } catch (error) {
        this.#fail(child, toAppError(error));
      }
    });
    child.on('error', (error) => this.#fail(child, streamingErrors.LIVE_TRANSCODING_FAILED({}, error)));
    child.on('close', (exitCode) =>
      this.#fail(child, streamingErrors.LIVE_TRANSCODING_FAILED({ exitCode: exitCode ?? undefined })),
    );
    child.stdin.write(matroskaHeader('h265'));
    return child;
  }

  /** Tried again at the next key frame, unless it failed at once. */
  #fail(child: ChildProcessWithoutNullStreams, error: AppError): void {
    if (this.#process !== child) return;
    this.#deps.log.warn({ err: error }, 'transcoding ended');
    const ranMs = this.#deps.clock.monotonicMs() - this.#startedMs;
    this.#stop();
    if (ranMs < HEALTHY_MS && !this.#isClosed) this.#deps.onEnded();
  }

  #publish(timestampMs: number, bytes: Uint8Array): void {
    const source = this.#underWay.get(timestampMs);
    this.#underWay.delete(timestampMs);
    const nalUnits: Uint8Array[] = [];
    let isKeyFrame = false;
    for (const nal of splitAnnexB(bytes)) {
      const type = (nal[0] ?? 0) & 0x1f;
      if (type === NAL_TYPE_SPS || type === NAL_TYPE_PPS) this.#parameters.update(nal);
      else if (!LEFT_OUT.has(type)) nalUnits.push(nal);
      isKeyFrame ||= type === NAL_TYPE_IDR;
    }
    const { format } = this.#parameters;
    if (!format || !source || nalUnits.length === 0) return;
    const { pts90k, wallMs } = source;
    const arrivedMs = this.#deps.clock.monotonicMs();
    const sizeBytes = nalUnits.reduce((sum, { length }) => sum + length, 0);
    this.#hub.publish({ format, pts90k, wallMs, arrivedMs, isKeyFrame, nalUnits, sizeBytes, damaged: false });
  }
}

function ffmpegArguments(): string[] {
  return [
    // Begin with the first byte. One thread: more would hold back a picture each.
    ...'-hide_banner -nostdin -nostats -loglevel error -probesize 32 -analyzeduration 0'.split(' '),
    ...'-threads 1 -flags low_delay -copyts -f matroska -i pipe:0'.split(' '),
    // Time stamps as they came; a key frame every two seconds, parameter sets in front of each.
    ...'-an -fps_mode passthrough -pix_fmt yuv420p -c:v libx264 -preset superfast -tune zerolatency -profile:v baseline'.split(
      ' ',
    ),
    ...'-threads 1 -force_key_frames expr:gte(t,n_forced*2) -crf 25 -maxrate 4M -bufsize 2M'.split(' '),
    ...'-enc_time_base 1:1000 -bsf:v dump_extra=freq=keyframe -flush_packets 1 -f nut pipe:1'.split(' '),
  ];
}
