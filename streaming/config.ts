import Type, { type Static } from 'typebox';

export const streamingConfigSchema = Type.Object({
  rtcListenAddress: Type.String({
    default: '127.0.0.1',
    title: 'WebRTC address',
    description: 'The local address that WebRTC media uses.',
  }),
  rtcAnnouncedAddress: Type.String({
    default: '',
    title: 'WebRTC announced address',
    description: 'The address that browsers reach it at, when it differs (NAT); empty: the same.',
  }),
  rtcPort: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 65535,
    title: 'WebRTC port',
    description: 'UDP and TCP port of the first relay worker (the next ones count up); 0: any free port.',
  }),
  rtcWorkers: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 64,
    title: 'Relay workers',
    unit: 'processes',
    description: 'mediasoup worker processes; 0: one for each core.',
  }),
  producerIdleMs: Type.Integer({
    default: 10_000,
    minimum: 0,
    title: 'Relay linger',
    unit: 'ms',
    description: 'How long a camera stays in the relay after its last viewer left.',
  }),
  transcodeSlots: Type.Integer({
    default: 2,
    minimum: 0,
    maximum: 64,
    title: 'Transcoding slots',
    unit: 'cameras',
    description:
      'How many cameras without an H.264 stream are transcoded at once for browsers that do not play H.265; 0: none. Each takes about a core for 1080p.',
  }),
  tilesPerViewer: Type.Integer({
    default: 64,
    minimum: 1,
    maximum: 256,
    title: 'Tiles a viewer',
    description: 'How many live pictures one browser connection may open.',
  }),
});

export type StreamingConfig = Readonly<Static<typeof streamingConfigSchema>>;
