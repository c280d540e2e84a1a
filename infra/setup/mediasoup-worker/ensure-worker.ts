/**
 * Makes sure that mediasoup's worker is there, and says how.
 *
 *   node infra/setup/mediasoup-worker/ensure-worker.ts [--find | --download | --build] [--json]
 *
 * Without a way named: find, else download, else build. `--packages` prints the Debian packages that a build needs.
 * Progress goes to stderr, the result to stdout. Exit code 0 when the worker is there, 1 when not.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError } from '#infra/runtime/app-error.ts';
import { cacheFolder } from '../cache-folder.ts';
import { withFolderLock } from '../folder-lock.ts';
import { BUILD_PACKAGES, buildWorker } from './build-worker.ts';
import { downloadWorker } from './download-worker.ts';
import { cachedWorkerPath, findMediasoupWorker, mediasoupFolder, mediasoupVersion } from './worker-binary.ts';

type Result =
  | { readonly path: string; readonly way: 'found' | 'downloaded' | 'built' }
  | { readonly missingReason: string };

interface Ways {
  readonly download: boolean;
  readonly build: boolean;
}

function report(line: string): void {
  process.stderr.write(`vantage: WebRTC media worker: ${line}\n`);
}

async function ensureWorker(ways: Ways): Promise<Result> {
  const finding = findMediasoupWorker();
  // A path that was named by hand and is wrong must be said, not papered over with a build.
  if ('path' in finding) return { ...finding, way: 'found' };
  if (process.env['MEDIASOUP_WORKER_BIN'] || (!ways.download && !ways.build)) return finding;

  const target = cachedWorkerPath();
  return withFolderLock(
    `${target}.lock`,
    async (): Promise<Result> => {
      const meanwhile = findMediasoupWorker();
      if ('path' in meanwhile) return { ...meanwhile, way: 'found' };
      if (ways.download) {
        report('trying the ready-made one of the mediasoup project');
        const reason = await downloadWorker(mediasoupVersion(), target);
        if (reason === undefined) return { path: target, way: 'downloaded' };
        if (!ways.build) return { missingReason: `the ready-made one is not available here (${reason})` };
        report(`that is not available here (${reason})`);
      }
      await buildWorker({
        packageFolder: mediasoupFolder(),
        targetPath: target,
        logPath: join(cacheFolder(), 'logs', `mediasoup-worker-${mediasoupVersion()}.log`),
        onProgress: report,
      });
      return { path: target, way: 'built' };
    },
    { onWait: () => report('another process is bringing it already; waiting for that') },
  );
}

const { values } = parseArgs({
  options: {
    find: { type: 'boolean', default: false },
    download: { type: 'boolean', default: false },
    build: { type: 'boolean', default: false },
    packages: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

if (values.packages) {
  console.log(BUILD_PACKAGES.join(' '));
} else {
  const all = !values.find && !values.download && !values.build;
  const ways = { download: all || values.download, build: all || values.build };
  const result = await ensureWorker(ways).catch((error: unknown): Result => ({ missingReason: describeError(error) }));
  if ('missingReason' in result) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify(result));
  else if ('path' in result) console.log(result.path);
  else report(result.missingReason);
}
