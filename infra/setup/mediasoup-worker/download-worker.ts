import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { install } from './build-worker.ts';

const CONNECT_TIMEOUT_MS = 8_000;
const TOTAL_TIMEOUT_MS = 60_000;
const RELEASES = 'https://github.com/versatica/mediasoup/releases/download';

/**
 * Fetches the worker that the mediasoup project itself publishes for this version, as its npm installation would.
 *
 * @returns undefined when it is installed, else the plain reason why not; never throws, because a build can follow
 */
export async function downloadWorker(version: string, targetPath: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'vantage-mediasoup-'));
  try {
    const archive = join(folder, 'worker.tgz');
    await writeFile(archive, await fetchArchive(prebuiltUrl(version)));
    const code = await new Promise<number | null>((resolve, reject) => {
      spawn('tar', ['-xzf', archive, '-C', folder], { stdio: 'ignore' }).once('error', reject).once('close', resolve);
    });
    if (code !== 0) return 'the downloaded archive cannot be unpacked';
    await install(join(folder, 'mediasoup-worker'), targetPath);
    return undefined;
  } catch (error) {
    // fetch itself only says "fetch failed"; what failed is in its cause.
    const plain = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return plain instanceof Error ? plain.message : String(plain);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The name that mediasoup's npm-scripts.mjs gives its archives; the kernel's major number decides about io_uring. */
export function prebuiltUrl(version: string, platform: string = process.platform, kernel: string = release()): string {
  const suffix = platform === 'linux' ? `-kernel${Number.parseInt(kernel, 10)}` : '';
  return `${RELEASES}/${version}/mediasoup-worker-${version}-${platform}-${process.arch}${suffix}.tgz`;
}

async function fetchArchive(url: string): Promise<Buffer> {
  const abort = new AbortController();
  const connect = setTimeout(() => abort.abort(new Error('no answer within 8 s')), CONNECT_TIMEOUT_MS);
  const total = setTimeout(() => abort.abort(new Error('the download took more than a minute')), TOTAL_TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    clearTimeout(connect);
    if (!response.ok) throw new Error(`the download page answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } finally {
    clearTimeout(connect);
    clearTimeout(total);
  }
}
