import { ingestErrors } from '../errors.ts';
import { BitReader } from './bit-reader.ts';

/** What an AudioSpecificConfig says. */
export interface AacConfig {
  /** 2 is AAC-LC; 5 and 29 are HE-AAC. */
  readonly objectType: number;
  /** Of the coded sound; HE-AAC gives out twice as much. */
  readonly sampleRateHz: number;
  /** 0: said elsewhere. */
  readonly channels: number;
  /** Samples of one channel in an access unit. */
  readonly frameSamples: number;
  /** RFC 6381, e.g. `mp4a.40.2`. */
  readonly codecString: string;
}

const SAMPLE_RATES_HZ = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
const EXPLICIT_RATE = 15;
const ESCAPED_TYPE = 31;
const MAX_SIZE_BYTES = 64;
/** Main, LC, LTP, SBR, PS: those whose frames are 1024 or 960 samples. */
const KNOWN_TYPES = new Set([1, 2, 4, 5, 29]);

/**
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED` also for kinds of AAC that no camera sends
 * @see ISO/IEC 14496-3 §1.6.2.1, §4.4.1
 */
export function parseAacConfig(config: Uint8Array): AacConfig {
  if (config.length > MAX_SIZE_BYTES)
    throw ingestErrors.RTP_PAYLOAD_MALFORMED({ detail: 'sound configuration too long' });
  const reader = new BitReader(config);
  const objectType = readObjectType(reader);
  const sampleRateHz = readSampleRate(reader);
  const channels = reader.bits(4);
  if (objectType === 5 || objectType === 29) {
    readSampleRate(reader);
    readObjectType(reader);
  }
  if (!KNOWN_TYPES.has(objectType) || sampleRateHz === 0 || channels > 7) {
    throw ingestErrors.RTP_PAYLOAD_MALFORMED({ detail: 'sound configuration' });
  }
  return {
    objectType,
    sampleRateHz,
    channels: channels === 7 ? 8 : channels,
    frameSamples: reader.bit() ? 960 : 1024,
    codecString: `mp4a.40.${objectType}`,
  };
}

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === ESCAPED_TYPE ? 32 + reader.bits(6) : type;
}

function readSampleRate(reader: BitReader): number {
  const index = reader.bits(4);
  return index === EXPLICIT_RATE ? reader.bits(24) : (SAMPLE_RATES_HZ[index] ?? 0);
}
