import { spawnSync } from 'node:child_process';

export interface ClipOptions {
  readonly frames: number;
  readonly fps?: number;
  readonly gop?: number;
  readonly bFrames?: number;
  readonly slices?: number;
}

/** One picture of a test clip: its NAL units in decoding order, parameter sets included. */
export interface ClipPicture {
  readonly nals: readonly Buffer[];
  readonly isKeyFrame: boolean;
}

/** A small clip made by the system's ffmpeg with x264; the same options give the same clip. */
export function encodeClip({
  frames,
  fps = 25,
  gop = 10,
  bFrames = 0,
  slices = 1,
}: ClipOptions): readonly ClipPicture[] {
  const source = `testsrc2=size=160x96:rate=${fps}`;
  const x264 = `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=${bFrames}:b-adapt=0:slices=${slices}:aud=1`;
  const result = spawnSync(
    'ffmpeg',
    // prettier-ignore
    [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      source,
      '-frames:v',
      String(frames),
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-threads',
      '1',
      '-x264-params',
      x264,
      '-pix_fmt',
      'yuv420p',
      '-f',
      'h264',
      '-',
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  if (result.status !== 0) throw new Error(`ffmpeg: ${result.stderr?.toString() ?? result.error?.message}`);
  const pictures: { nals: Buffer[]; isKeyFrame: boolean }[] = [];
  for (const nal of splitAnnexB(result.stdout)) {
    const type = nal.readUInt8(0) & 0x1f;
    // Every access unit begins with a delimiter (aud=1).
    if (type === 9) pictures.push({ nals: [], isKeyFrame: false });
    const picture = pictures.at(-1);
    if (!picture) continue;
    if (type === 5) picture.isKeyFrame = true;
    if (type !== 9) picture.nals.push(nal);
  }
  return pictures;
}

/** NAL units between start codes. */
export function splitAnnexB(bytes: Buffer): readonly Buffer[] {
  const nals: Buffer[] = [];
  const code = Buffer.from([0, 0, 1]);
  let start = bytes.indexOf(code);
  while (start >= 0) {
    const next = bytes.indexOf(code, start + 3);
    let end = next < 0 ? bytes.length : next;
    while (end > start + 3 && bytes[end - 1] === 0) end--;
    nals.push(bytes.subarray(start + 3, end));
    start = next;
  }
  return nals;
}
