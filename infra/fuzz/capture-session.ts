/**
 * Keeps what an RTSP server sends during a short session, as a seed for the fuzz targets:
 *
 *   node infra/fuzz/capture-session.ts rtsp://host:port/path FILE [BYTES]
 */
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { systemClock } from '#infra/runtime/clock.ts';
import { RtspSession } from '#ingest/rtsp/rtsp-session.ts';
import { parseRtspUrl } from '#ingest/rtsp/rtsp-url.ts';

const DEFAULT_SIZE_BYTES = 48 * 1024;
const TIMEOUT_MS = 20_000;

const [url = '', file = '', sizeText] = process.argv.slice(2);
const wantedSizeBytes = Number(sizeText ?? DEFAULT_SIZE_BYTES);
const address = parseRtspUrl(url);
const chunks: Buffer[] = [];
let sizeBytes = 0;
const isFull = Promise.withResolvers<void>();

const relay = createServer((client) => {
  const server = connect({ host: address.host, port: address.port });
  client.pipe(server);
  server.on('data', (chunk: Buffer) => {
    client.write(chunk);
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes >= wantedSizeBytes) isFull.resolve();
  });
  for (const socket of [client, server]) socket.on('error', () => undefined);
  client.on('close', () => server.destroy());
  server.on('close', () => client.destroy());
});
await new Promise<void>((resolve) => {
  relay.listen(0, '127.0.0.1', resolve);
});

const session = new RtspSession({
  url: address.url.replace(/^rtsp:\/\/[^/]+/, `rtsp://127.0.0.1:${(relay.address() as AddressInfo).port}`),
  credentials: address.credentials,
  connectTimeoutMs: TIMEOUT_MS,
  stallTimeoutMs: TIMEOUT_MS,
  clock: systemClock,
  onAccessUnit: () => undefined,
});
await session.start(AbortSignal.timeout(TIMEOUT_MS));
await isFull.promise;
await session.close();
relay.close();
writeFileSync(file, Buffer.concat(chunks).subarray(0, wantedSizeBytes));
