import Type, { type Static } from 'typebox';

export const apiConfigSchema = Type.Object({
  bindAddress: Type.String({
    default: '127.0.0.1',
    title: 'Bind address',
    description: 'The local address that the web server listens on.',
  }),
  port: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65535,
    title: 'Port',
    description: 'Port of the web server; 0: any free one.',
  }),
  publicOrigin: Type.String({
    default: '',
    title: 'Public origin',
    description:
      'The origin that browsers use (https://video.example.org) when a proxy stands in front; empty: the Host header is believed.',
  }),
  requestsPerMinute: Type.Integer({
    default: 1200,
    minimum: 10,
    title: 'Requests a minute',
    unit: '1/min',
    description: 'Bound per address.',
  }),
  signInsPerMinute: Type.Integer({
    default: 10,
    minimum: 1,
    title: 'Sign-ins a minute',
    unit: '1/min',
    description: 'Bound per address.',
  }),
  ptzLockSeconds: Type.Integer({
    default: 10,
    minimum: 2,
    maximum: 600,
    title: 'Steering alone',
    unit: 's',
    description: 'Who steers a camera has it for themselves until they have not moved it for this long.',
  }),
  exportsAtOnce: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 8,
    title: 'Exports at once',
    description: 'How many exports of recordings are written at a time; the others wait.',
  }),
  exportHours: Type.Integer({
    default: 72,
    minimum: 1,
    maximum: 720,
    title: 'Exports are kept',
    unit: 'h',
    description: 'How long the files of an export can be downloaded; then they are deleted.',
  }),
  webhookTimeoutMs: Type.Integer({
    default: 10_000,
    minimum: 100,
    // A claim of the outbox lasts a minute: the answer must be there well before.
    maximum: 30_000,
    title: 'Webhook time-out',
    unit: 'ms',
    description: 'How long a receiver may take to answer.',
  }),
});

export type ApiConfig = Readonly<Static<typeof apiConfigSchema>>;
