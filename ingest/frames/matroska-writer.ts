import type { VideoCodec } from '../media.ts';

/** Element ids (RFC 9559 §5.1). */
const ID = {
  ebml: 0x1a45dfa3,
  ebmlVersion: 0x4286,
  ebmlReadVersion: 0x42f7,
  ebmlMaxIdLength: 0x42f2,
  ebmlMaxSizeLength: 0x42f3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  clusterTimestamp: 0xe7,
  simpleBlock: 0xa3,
} as const;

const UNKNOWN_SIZE = Buffer.from('01ffffffffffffff', 'hex');
const NANOSECONDS_PER_MS = 1_000_000;
/** Track 1, time 0 relative to the cluster; the flags byte follows. */
const BLOCK_HEAD = [0x81, 0, 0] as const;

/** What a decoder is told once: one video track in Annex B framing, time stamps in milliseconds, no end known. */
export function matroskaHeader(codec: VideoCodec): Buffer {
  const ebml = element(ID.ebml, [
    element(ID.ebmlVersion, uint(1)),
    element(ID.ebmlReadVersion, uint(1)),
    element(ID.ebmlMaxIdLength, uint(4)),
    element(ID.ebmlMaxSizeLength, uint(8)),
    element(ID.docType, text('matroska')),
    element(ID.docTypeVersion, uint(4)),
    element(ID.docTypeReadVersion, uint(2)),
  ]);
  const info = element(ID.info, [
    element(ID.timestampScale, uint(NANOSECONDS_PER_MS)),
    element(ID.muxingApp, text('vantage')),
    element(ID.writingApp, text('vantage')),
  ]);
  const track = element(ID.trackEntry, [
    element(ID.trackNumber, uint(1)),
    element(ID.trackUid, uint(1)),
    element(ID.trackType, uint(1)),
    element(ID.flagLacing, uint(0)),
    element(ID.codecId, text(codec === 'h264' ? 'V_MPEG4/ISO/AVC' : 'V_MPEGH/ISO/HEVC')),
    // The real size comes with each parameter set; a reader only wants some size here.
    element(ID.video, [element(ID.pixelWidth, uint(640)), element(ID.pixelHeight, uint(360))]),
  ]);
  return Buffer.concat([ebml, idBytes(ID.segment), UNKNOWN_SIZE, info, element(ID.tracks, track)]);
}

/**
 * The bytes in front of one access unit, which is a cluster of its own; the unit's Annex B bytes follow.
 *
 * @param timestampMs whole number; what comes out of the decoder carries it again
 * @see RFC 9559 §5.1.3, §10.2
 */
export function matroskaUnitHead(timestampMs: number, unitSizeBytes: number, isKeyFrame: boolean): Buffer {
  const time = element(ID.clusterTimestamp, uint(timestampMs));
  const blockSizeBytes = BLOCK_HEAD.length + 1 + unitSizeBytes;
  const block = Buffer.concat([
    idBytes(ID.simpleBlock),
    sizeBytes(blockSizeBytes),
    Buffer.from([...BLOCK_HEAD, isKeyFrame ? 0x80 : 0]),
  ]);
  const cluster = sizeBytes(time.length + block.length + unitSizeBytes);
  return Buffer.concat([idBytes(ID.cluster), cluster, time, block]);
}

function element(id: number, body: Buffer | readonly Buffer[]): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.concat(body);
  return Buffer.concat([idBytes(id), sizeBytes(bytes.length), bytes]);
}

function idBytes(id: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(id);
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0));
}

/** Always in eight bytes: simpler, and a handful of bytes a picture. */
function sizeBytes(size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(size, 2, 6);
  bytes.writeUInt8(1, 0);
  return bytes;
}

function uint(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(value, 2, 6);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}
