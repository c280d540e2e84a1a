import { buffer } from 'node:stream/consumers';
import { Client } from 'minio';
import type { BlobStore } from '#ingest/ports.ts';
import type { StorageConfig } from '../config.ts';
import { storageErrors } from '../errors.ts';
import { checkBlobKey, contentTypeOf } from './blob-key.ts';

const NOT_THERE = ['NoSuchKey', 'NotFound', 'NoSuchBucket'];

/** Blobs in any S3 store. */
export class S3BlobStore implements BlobStore {
  readonly #client: Client;
  readonly #bucket: string;

  constructor(config: Pick<StorageConfig, 's3Endpoint' | 's3Region' | 's3Bucket' | 's3AccessKey' | 's3SecretKey'>) {
    const endpoint = new URL(config.s3Endpoint);
    this.#bucket = config.s3Bucket;
    this.#client = new Client({
      endPoint: endpoint.hostname,
      useSSL: endpoint.protocol === 'https:',
      region: config.s3Region,
      accessKey: config.s3AccessKey,
      secretKey: config.s3SecretKey,
      pathStyle: true,
      ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
    });
  }

  /** @throws {AppError} `BLOB_KEY_INVALID`, `BLOB_STORE_FAILED` */
  async put(key: string, body: Uint8Array, contentType: string): Promise<void> {
    checkBlobKey(key);
    try {
      const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      await this.#client.putObject(this.#bucket, key, bytes, bytes.length, { 'Content-Type': contentType });
    } catch (error) {
      throw storageErrors.BLOB_STORE_FAILED({ key, reason: codeOf(error) }, error);
    }
  }

  async get(key: string): Promise<{ readonly body: Buffer; readonly contentType: string }> {
    checkBlobKey(key);
    try {
      return { body: await buffer(await this.#client.getObject(this.#bucket, key)), contentType: contentTypeOf(key) };
    } catch (error) {
      const code = codeOf(error);
      if (NOT_THERE.includes(code)) throw storageErrors.BLOB_NOT_FOUND({ key }, error);
      throw storageErrors.BLOB_STORE_FAILED({ key, reason: code }, error);
    }
  }

  async delete(key: string): Promise<void> {
    checkBlobKey(key);
    try {
      await this.#client.removeObject(this.#bucket, key);
    } catch (error) {
      throw storageErrors.BLOB_STORE_FAILED({ key, reason: codeOf(error) }, error);
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
