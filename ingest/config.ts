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
  returnConnectTimeoutMs: Type.Integer({
    default: 1200,
    minimum: 100,
    title: 'Connect time-out of a known camera',
    unit: 'ms',
    description:
      'How long a camera that was reached before may take to accept the connection, or four times what it took then. Short, so that one whose cable was cut is recorded again soon after: a try that began while it was away is not waited for.',
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
  onvifVerifyTls: Type.Boolean({
    default: false,
    title: 'Check certificates of cameras',
    description:
      'ONVIF over HTTPS only with a certificate that this machine trusts. Off, since cameras ship with self-signed ones.',
  }),
  readIntervalMs: Type.Integer({
    default: 160,
    minimum: 0,
    maximum: 200,
    title: 'Longest read interval',
    unit: 'ms',
    description:
      'A camera whose pictures nobody needs at once (recording, key frames for analysis) is read in turns, which costs half the CPU; its socket holds the pictures meanwhile. The more it sends, the shorter the interval: half of what a socket holds. Live view, and analysis of every picture, have them at once. 0: every camera is read as it sends.',
  }),
  segmentSeconds: Type.Integer({
    default: 60,
    minimum: 2,
    maximum: 600,
    title: 'Segment length',
    unit: 's',
    description:
      'A recorded file is closed at the first key frame after this time; a camera may have a length of its own.',
  }),
  recordAudio: Type.Boolean({
    default: true,
    title: 'Record sound',
    description:
      'Records the sound of cameras that send AAC or G.711. In many places recording what people say needs a permission of its own: switch it off where there is none.',
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
  directWrites: Type.Boolean({
    default: true,
    title: 'Write past the page cache',
    description:
      'Recordings go to the disk without a copy in the page cache, which saves CPU and leaves the cache to what is read. A disk that is slow at it, or a file system that cannot, is written to in the usual way by itself.',
  }),
  freeTargetMb: Type.Integer({
    default: 2048,
    minimum: 0,
    title: 'Free space to aim at',
    unit: 'MB',
    description:
      'With less than this left the oldest recordings are deleted before their time, until a tenth more than this is free. Should be more than ten seconds of all cameras above the free space to keep.',
  }),
  recordingMaxGb: Type.Integer({
    default: 0,
    minimum: 0,
    title: 'Quota of recordings',
    unit: 'GB',
    description: 'The oldest recordings are deleted when all together take more than this; 0: no quota.',
  }),
  diskFullPolicy: Type.Union([Type.Literal('delete_oldest'), Type.Literal('stop')], {
    default: 'delete_oldest',
    title: 'When the disk is full',
    description:
      '`delete_oldest`: the oldest recordings of all cameras make room for new ones. `stop`: nothing is deleted before its time, and recording stops until there is room.',
  }),
  protectedMinutes: Type.Integer({
    default: 60,
    minimum: 1,
    title: 'Never deleted for room',
    unit: 'min',
    description: 'Recordings younger than this are not deleted to make room, even if recording must stop.',
  }),
  writeQueueMb: Type.Integer({
    default: 512,
    minimum: 8,
    title: 'Memory for a slow disk',
    unit: 'MB',
    description:
      'What may wait in memory of a process for the disk. Beyond it recording stops, with a gap of cause disk_slow, until the disk has caught up.',
  }),
  preRollMaxMb: Type.Integer({
    default: 32,
    minimum: 1,
    title: 'Memory for a pre-roll',
    unit: 'MB',
    description:
      'What a camera that records on events may keep in memory of the time before one. The oldest whole groups of pictures go first.',
  }),
  retentionHours: Type.Integer({
    default: 72,
    minimum: 1,
    title: 'Recording kept for',
    unit: 'h',
    description: 'Recordings older than this are deleted; a camera may have a time of its own.',
  }),
  cardFill: Type.Boolean({
    default: true,
    title: 'Fill gaps from cards',
    description:
      'After an outage fetches what is missing from cameras that record on their own card (ONVIF profile G), as far as they are recorded all the time or by a schedule.',
  }),
  cardFillsAtOnce: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 100,
    title: 'Cards read at once',
    unit: 'cameras',
    description: 'How many cameras are asked for what is missing at the same time; never twice the same.',
  }),
  cardFillMaxMbps: Type.Integer({
    default: 16,
    minimum: 1,
    title: 'Rate of a card',
    unit: 'Mbit/s',
    description: 'A card is read no faster than this, so that live pictures have room on the same network.',
  }),
  cardFillDelaySeconds: Type.Integer({
    default: 10,
    minimum: 0,
    title: 'Wait before filling',
    unit: 's',
    description:
      'How long after the end of an outage its camera is left alone. Besides, the recording that follows the outage must be closed first.',
  }),
  tlsCaFile: Type.String({
    default: '',
    title: 'Camera authorities',
    description:
      'PEM file of the authorities that sign the certificates of cameras with rtsps addresses, beside those of the system; read once.',
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
