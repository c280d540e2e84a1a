import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { analyzerErrors } from '../errors.ts';
import type { DownloadFile } from './model-catalogue.ts';

const TIMEOUT_MS = 60_000;

export interface FetchOptions {
  readonly modelId: string;
  readonly file: DownloadFile;
  /** A folder or http(s) address that holds the file under its name; empty: its pinned source. */
  readonly mirror: string;
}

/**
 * Fetches a model's file from the mirror, or from its repository at the pinned commit. The caller checks the hash.
 * @throws {AppError} `MODEL_DOWNLOAD_FAILED`
 */
export async function fetchModel({ modelId, file, mirror }: FetchOptions): Promise<Uint8Array> {
  const name = path.posix.basename(file.path);
  if (mirror !== '' && !/^https?:\/\//.test(mirror)) {
    try {
      return await readFile(path.join(mirror, name));
    } catch (cause) {
      throw analyzerErrors.MODEL_DOWNLOAD_FAILED({ model: modelId, file: name, from: 'mirror folder' }, cause);
    }
  }
  const address =
    mirror === ''
      ? `https://raw.githubusercontent.com/${file.repository}/${file.commit}/${file.path}`
      : `${mirror.replace(/\/+$/, '')}/${name}`;
  // The host alone: a mirror's address may carry a password.
  const context = { model: modelId, file: name, from: hostOf(address) };
  let response: Response;
  let body: Uint8Array | undefined;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) body = await readAtMost(response, file.sizeBytes);
  } catch (cause) {
    throw analyzerErrors.MODEL_DOWNLOAD_FAILED(context, cause);
  }
  if (!body) throw analyzerErrors.MODEL_DOWNLOAD_FAILED({ ...context, status: response.status });
  return body;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : 'an address that is none';
}

/** A server that sends more than the file's known size is cut off: its answer cannot be the file. */
async function readAtMost(response: Response, sizeBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of response.body ?? []) {
    total += part.length;
    if (total > sizeBytes) throw new Error(`more than ${sizeBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
