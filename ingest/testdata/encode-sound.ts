import { spawnSync } from 'node:child_process';
import type { AudioCodec, AudioFormat, AudioFrame } from '../media.ts';

export interface TestSound {
  readonly format: AudioFormat;
  /** AAC access units, or packets of 20 ms G.711. */
  readonly frames: readonly Buffer[];
  /** Of one channel in each of them. */
  readonly frameSamples: number;
}

const ADTS_HEADER_SIZE_BYTES = 7;

/** A tone made by the system's ffmpeg. */
export function encodeSound(
  codec: AudioCodec,
  seconds: number,
  sampleRateHz = codec === 'aac' ? 16_000 : 8000,
): TestSound {
  const encoder = { aac: '-c:a aac -b:a 32k -f adts', pcma: '-c:a pcm_alaw -f alaw', pcmu: '-c:a pcm_mulaw -f mulaw' }[
    codec
  ];
  const { stdout, status } = spawnSync(
    'ffmpeg',
    `-v error -f lavfi -i sine=440:duration=${seconds}:sample_rate=${sampleRateHz} -ac 1 ${encoder} -`.split(' '),
    { maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error('ffmpeg cannot encode the test sound');
  if (codec !== 'aac') {
    const frameSamples = sampleRateHz / 50;
    const frames = Array.from({ length: Math.floor(stdout.length / frameSamples) }, (_, i) =>
      stdout.subarray(i * frameSamples, (i + 1) * frameSamples),
    );
    const format = { codec, sampleRateHz, channels: 1, config: Buffer.alloc(0), codecString: codec };
    return { format, frames, frameSamples };
  }
  const frames: Buffer[] = [];
  for (let at = 0; at + ADTS_HEADER_SIZE_BYTES <= stdout.length; ) {
    const sizeBytes = (stdout.readUInt32BE(at + 3) >> 13) & 0x1fff;
    frames.push(stdout.subarray(at + ADTS_HEADER_SIZE_BYTES, at + sizeBytes));
    at += sizeBytes;
  }
  // The ADTS header has profile, rate and channels in other places than the configuration.
  const rateIndex = (stdout.readUInt8(2) >> 2) & 15;
  const config = Buffer.alloc(2);
  config.writeUInt16BE((2 << 11) | (rateIndex << 7) | (1 << 3));
  return { format: { codec, sampleRateHz, channels: 1, config, codecString: 'mp4a.40.2' }, frames, frameSamples: 1024 };
}

/** Each frame behind the one before, from `start90k` on. */
export function audioFramesOf({ format, frames, frameSamples }: TestSound, start90k = 0, wallMs = 0): AudioFrame[] {
  return frames.map((bytes, index) => {
    const offset90k = (index * frameSamples * 90_000) / format.sampleRateHz;
    const pts90k = Math.round(start90k + offset90k);
    return { format, pts90k, wallMs: Math.round(wallMs + offset90k / 90), samples: frameSamples, bytes };
  });
}
