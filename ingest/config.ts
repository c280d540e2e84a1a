import Type, { type Static } from 'typebox';

/** Settings of ingest. Title, unit, default and description make `docs/config.md`. */
export const ingestConfigSchema = Type.Object({
  connectTimeoutMs: Type.Integer({
    default: 5000,
    minimum: 100,
    title: 'Connect time-out',
    unit: 'ms',
    description: 'How long a camera may take to accept the connection and to answer each request.',
  }),
  stallTimeoutMs: Type.Integer({
    default: 5000,
    minimum: 500,
    title: 'Stall time-out',
    unit: 'ms',
    description: 'A camera that sent no packet for this long is called stalled and connected anew.',
  }),
  retryInitialMs: Type.Integer({
    default: 1000,
    minimum: 50,
    title: 'First retry',
    unit: 'ms',
    description: 'Delay before the first retry; doubles each time.',
  }),
  retryMaxMs: Type.Integer({
    default: 60_000,
    minimum: 100,
    title: 'Longest retry',
    unit: 'ms',
    description: 'No delay between retries is longer than this.',
  }),
  connectsPerSecond: Type.Integer({
    default: 200,
    minimum: 1,
    title: 'Connects a second',
    unit: '1/s',
    description: 'Upper bound of new connections, so that a city-wide power cut does not come back in one second.',
  }),
  onvifVerifyTls: Type.Boolean({
    default: false,
    title: 'Check certificates of cameras',
    description:
      'ONVIF over HTTPS only with a certificate that this machine trusts. Off, since cameras ship with self-signed ones.',
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
