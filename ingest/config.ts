import Type, { type Static } from 'typebox';

/** Settings of ingest. Title, unit, default and description make `docs/config.md`. */
export const ingestConfigSchema = Type.Object({
  threads: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 256,
    title: 'Ingest threads',
    unit: 'threads',
    description: 'How many threads take in and record the cameras; 0: one per core.',
  }),
  hangTimeoutMs: Type.Integer({
    default: 10_000,
    minimum: 2000,
    title: 'Ingest thread hangs',
    unit: 'ms',
    description: 'An ingest thread that gave no sign of life for this long is replaced.',
  }),
  connectTimeoutMs: Type.Integer({
    default: 5000,
    minimum: 100,
    title: 'Connect time-out',
    unit: 'ms',
    description: 'How long a camera may take to accept the connection and to answer each request.',
  }),
  stallTimeoutMs: Type.Integer({
    default: 4000,
    minimum: 500,
    title: 'Stall time-out',
    unit: 'ms',
    description:
      'A camera that sent no packet for this long is called stalled and connected anew. It is noticed within a fifth of the time more: with the default within 5 s of the last packet.',
  }),
  retryInitialMs: Type.Integer({
    default: 500,
    minimum: 50,
    title: 'First retry',
    unit: 'ms',
    description:
      'Longest delay before the first retry; doubles each time. The delay is drawn at random from nothing up to it.',
  }),
  retryMaxMs: Type.Integer({
    default: 2000,
    minimum: 100,
    title: 'Longest retry',
    unit: 'ms',
    description:
      'No delay between retries is longer than this, so that a camera that returns is recorded soon. When many are away, "Connects a second" is what spreads them.',
  }),
  slowRetryMs: Type.Integer({
    default: 60_000,
    minimum: 100,
    title: 'Slow retry',
    unit: 'ms',
    description:
      'Delay after a refused password, so that the camera does not lock the account, and after a format that cannot be taken.',
  }),
  connectsPerSecond: Type.Integer({
    default: 200,
    minimum: 1,
    title: 'Connects a second',
    unit: '1/s',
    description: 'Upper bound of new connections, so that a city-wide power cut does not come back in one second.',
  }),
  segmentSeconds: Type.Integer({
    default: 60,
    minimum: 2,
    maximum: 600,
    title: 'Segment length',
    unit: 's',
    description: 'A recorded file is closed at the first key frame after this time.',
  }),
  recordingFolder: Type.String({
    default: '',
    title: 'Recording folder',
    description: 'Where recordings are written; empty: `recordings` in the data folder.',
  }),
  minimumFreeMb: Type.Integer({
    default: 512,
    minimum: 0,
    title: 'Free space to keep',
    unit: 'MB',
    description: 'Recording stops, with a gap of cause disk_full, when the disk has less than this left.',
  }),
  retentionHours: Type.Integer({
    default: 72,
    minimum: 1,
    title: 'Recording kept for',
    unit: 'h',
    description: 'Recordings older than this are deleted.',
  }),
  decoderProcesses: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    title: 'Key frame decoders',
    unit: 'processes',
    description: 'How many ffmpeg processes share the decoding of key frames.',
  }),
  analysisMaxWidthPx: Type.Integer({
    default: 1280,
    minimum: 320,
    maximum: 3840,
    title: 'Analysis width',
    unit: 'px',
    description: 'Wider pictures are scaled down to this before analysis.',
  }),
});

export type IngestConfig = Readonly<Static<typeof ingestConfigSchema>>;
