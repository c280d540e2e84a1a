/** How a recorded file is given to the browser: its pictures. */
export interface PlayableFormat {
  readonly mimeType: string;
  /** {@link hideSound} before it is appended. */
  readonly hasSound: boolean;
}

/**
 * The page plays muted, and a buffer takes no files with and without sound one after the other: sound is left to players
 * of whole files.
 *
 * @param codec RFC 6381, pictures first, e.g. `hvc1.1.6.L93.B0,pcma`
 * @returns undefined when the browser cannot show the pictures
 */
export function playableFormat(
  codec: string,
  isSupported: (mimeType: string) => boolean = (mimeType) => MediaSource.isTypeSupported(mimeType),
): PlayableFormat | undefined {
  const [pictures = '', ...sound] = codec.split(',');
  const mimeType = `video/mp4; codecs="${pictures}"`;
  return isSupported(mimeType) ? { mimeType, hasSound: sound.length > 0 } : undefined;
}

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const containers = new Set(['moov', 'mvex', 'moof']);
const headerSizeBytes = 8;
/** `free` */
const freeType = 0x66726565;

/**
 * Makes the sound of a fragmented MP4 invisible, in place: the boxes of every track but the first become free space, so that
 * no offset moves.
 * @see ISO/IEC 14496-12 §8.1.2
 */
export function hideSound(file: ArrayBuffer): void {
  const bytes = new DataView(file);
  const seen = { trak: 0, trex: 0 };
  const visit = (start: number, end: number): void => {
    for (const box of boxesIn(bytes, start, end)) {
      if (containers.has(box.type)) visit(box.start + headerSizeBytes, box.end);
      else if (box.type === 'trak' || box.type === 'trex') {
        seen[box.type]++;
        if (seen[box.type] > 1) makeFree(bytes, box);
      } else if (box.type === 'traf' && trackIdOf(bytes, box) !== 1) makeFree(bytes, box);
    }
  };
  visit(0, bytes.byteLength);
}

function boxesIn(bytes: DataView, start: number, end: number): readonly Box[] {
  const found: Box[] = [];
  for (let at = start; at + headerSizeBytes <= end; ) {
    const sizeBytes = bytes.getUint32(at);
    if (sizeBytes < headerSizeBytes || at + sizeBytes > end) break;
    const type = String.fromCharCode(...[4, 5, 6, 7].map((offset) => bytes.getUint8(at + offset)));
    found.push({ type, start: at, end: at + sizeBytes });
    at += sizeBytes;
  }
  return found;
}

function trackIdOf(bytes: DataView, traf: Box): number | undefined {
  const tfhd = boxesIn(bytes, traf.start + headerSizeBytes, traf.end).find(({ type }) => type === 'tfhd');
  return tfhd && bytes.getUint32(tfhd.start + headerSizeBytes + 4);
}

function makeFree(bytes: DataView, box: Box): void {
  bytes.setUint32(box.start + 4, freeType);
}
