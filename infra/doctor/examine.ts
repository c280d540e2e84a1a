import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';
import { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { findMediasoupWorker } from '../setup/mediasoup-worker/worker-binary.ts';
import { cacheFolder } from '../setup/cache-folder.ts';

export interface Finding {
  readonly title: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly detail: string;
  readonly remedy?: string;
}

const run = promisify(execFile);

async function firstLine(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(command, [...args])).stdout.split('\n')[0];
  } catch {
    return undefined;
  }
}

/** What this machine has and lacks for Vantage; nothing is changed. */
export async function examine(): Promise<Finding[]> {
  const findings: Finding[] = [
    { title: 'Node', level: 'ok', detail: process.version },
    {
      title: 'Machine',
      level: os.availableParallelism() < 2 ? 'warning' : 'ok',
      detail: `${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    },
  ];

  const ffmpeg = await firstLine('ffmpeg', ['-version']);
  findings.push(
    ffmpeg
      ? { title: 'ffmpeg', level: 'ok', detail: ffmpeg.slice(0, 60) }
      : {
          title: 'ffmpeg',
          level: 'error',
          detail: 'not there: pictures cannot be analysed',
          remedy: 'apt-get install ffmpeg',
        },
  );
  const encoder = ffmpeg && (await firstLine('ffmpeg', ['-hide_banner', '-h', 'encoder=libx264']));
  if (ffmpeg && !encoder?.startsWith('Encoder libx264'))
    findings.push({
      title: 'Evidence clips',
      level: 'warning',
      detail: 'this ffmpeg has no H.264 encoder (libx264): violations have a picture and no clip',
      remedy: 'install an ffmpeg with libx264, as Debian and Ubuntu have it',
    });

  const worker = findMediasoupWorker();
  findings.push(
    'path' in worker
      ? { title: 'WebRTC relay', level: 'ok', detail: worker.path }
      : {
          title: 'WebRTC relay',
          level: 'warning',
          detail: `${worker.missingReason}; live pictures go over the fallback (fMP4 over WebSocket)`,
          remedy: 'node infra/setup/mediasoup-worker/ensure-worker.ts',
        },
  );

  const chromium = (await firstLine('chromium', ['--version'])) ?? (await firstLine('chromium-browser', ['--version']));
  findings.push(
    chromium
      ? { title: 'Chromium', level: 'ok', detail: chromium }
      : {
          title: 'Chromium',
          level: 'warning',
          detail: 'not there; only tests need it',
          remedy: './vantage test installs it',
        },
  );

  for (const model of await new ModelRegistry({
    folder: `${cacheFolder()}/models`,
    mirror: '',
    log: silentLog,
  }).list()) {
    findings.push({
      title: `Model ${model.manifest.id}`,
      level: model.state === 'ready' ? 'ok' : model.state === 'wrong-hash' ? 'error' : 'warning',
      detail: `${model.state}; ${model.manifest.licence}`,
      ...(model.state === 'ready' ? {} : { remedy: './vantage models pull' }),
    });
  }

  const disk = await statfs(process.cwd());
  const freeGb = (disk.bavail * disk.bsize) / 1e9;
  findings.push({
    title: 'Disk',
    level: freeGb < 2 ? 'error' : freeGb < 20 ? 'warning' : 'ok',
    detail: `${freeGb.toFixed(1)} GB free here`,
    ...(freeGb < 20 ? { remedy: 'recordings need room: set VANTAGE_INGEST_RECORDING_FOLDER to a larger disk' } : {}),
  });
  return findings;
}
