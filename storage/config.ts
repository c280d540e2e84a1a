import Type, { type Static } from 'typebox';

/** Settings of storage. Title, unit, default and description make `docs/config.md`. */
export const storageConfigSchema = Type.Object({
  connections: Type.Integer({
    default: 10,
    minimum: 2,
    maximum: 200,
    title: 'Database connections',
    unit: 'connections',
    description: 'Most connections that one process opens to the database.',
  }),
  statementTimeoutMs: Type.Integer({
    default: 15_000,
    minimum: 100,
    title: 'Query time-out',
    unit: 'ms',
    description: 'A query that takes longer is ended by the database.',
  }),
  eventRetentionDays: Type.Integer({
    default: 90,
    minimum: 1,
    maximum: 3650,
    title: 'Events kept for',
    unit: 'days',
    description: 'Events, sightings and their pictures older than this are deleted.',
  }),
  stateHistoryDays: Type.Integer({
    default: 90,
    minimum: 1,
    title: 'Camera history kept for',
    unit: 'days',
    description: 'Changes of state of cameras, and recording gaps, older than this are deleted.',
  }),
  remedyLinkDays: Type.Integer({
    default: 7,
    minimum: 0,
    maximum: 60,
    title: 'Remedy link after the deadline',
    unit: 'days',
    description: 'How long after its deadline a kitchen may still answer by its link.',
  }),
  holdPrecision: Type.Number({
    default: 0.5,
    minimum: 0,
    maximum: 1,
    title: 'Precision that puts an item on hold',
    description:
      'When fewer than this share of the judged violations of an item in a kitchen were confirmed, the item is put on hold there; 0: never.',
  }),
  holdAnswers: Type.Integer({
    default: 10,
    minimum: 5,
    title: 'Answers before a hold',
    unit: 'answers',
    description: 'How many violations of an item in a kitchen must be judged before it can be put on hold.',
  }),
  spoolMaxMb: Type.Integer({
    default: 1024,
    minimum: 1,
    title: 'Spool size',
    unit: 'MB',
    description: 'How much may wait on local disk while the database is away; then new events are refused.',
  }),
  writeBatch: Type.Integer({
    default: 500,
    minimum: 1,
    maximum: 5000,
    title: 'Write batch',
    unit: 'rows',
    description: 'Most rows that are written to the database in one transaction.',
  }),
  blobStore: Type.Union([Type.Literal('disk'), Type.Literal('s3')], {
    default: 'disk',
    title: 'Evidence store',
    description: 'Where pictures are kept: `disk` (folder `blobs` in the data folder) or `s3`.',
  }),
  s3Endpoint: Type.String({
    default: '',
    title: 'S3 endpoint',
    description: 'http(s)://host[:port] of the object store.',
  }),
  s3Region: Type.String({
    default: 'us-east-1',
    title: 'S3 region',
    description: 'Region that requests are signed for.',
  }),
  s3Bucket: Type.String({ default: 'vantage', title: 'S3 bucket', description: 'Bucket that holds the pictures.' }),
  s3AccessKey: Type.String({ default: '', title: 'S3 access key', description: 'Name of the key.' }),
  s3SecretKey: Type.String({
    default: '',
    title: 'S3 secret key',
    description: 'Give it through the environment only; it is never logged.',
  }),
});

export type StorageConfig = Readonly<Static<typeof storageConfigSchema>>;
