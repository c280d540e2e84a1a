import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { writeMarkedVideo } from '#ingest/frames/testing/marked-video.ts';
import { cameraId, type SegmentRecord } from '#ingest/media.ts';
import { inspectSegment } from '#ingest/testdata/inspect-segment.ts';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import { type OnvifDevices, startOnvifDevices } from '#ingest/simulator/onvif-devices.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import { openTestStorage } from '#storage/testing/test-database.ts';

const CLI = fileURLToPath(new URL('../main.ts', import.meta.url));
const CREDENTIALS = { username: 'operator', password: 'right-one' };
const ID = 'cam-card';

let folder = '';
let simulator: CameraSimulator;
let onvif: OnvifDevices;
let fixture: Awaited<ReturnType<typeof openTestStorage>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-card-'));
  const clipFile = path.join(folder, 'clip.mp4');
  writeMarkedVideo(clipFile, { widthPx: 320, heightPx: 192, frames: 40, firstNumber: 0, gop: 10 });
  const cameras = [{ path: '/cam/1', clipFile, phaseMs: 0, credentials: CREDENTIALS, card: { hours: 2 } }];
  simulator = new CameraSimulator({ port: 0, cameras, log: silentLog });
  await simulator.start();
  onvif = await startOnvifDevices({
    ...{ simulator, cameras, port: 0, bind: '127.0.0.1', credentials: CREDENTIALS, log: silentLog, discoveryPort: 0 },
  });
  fixture = await openTestStorage(inject('databaseUrl'));
  const { serviceUrl } = onvif.devices[0]!;
  const main = { service: 'media2', token: 'main' } as const;
  await fixture.storage.cameras.create(
    sampleCamera({
      ...CREDENTIALS,
      streams: [{ kind: 'main', url: simulator.url('/cam/1') }],
      onvif: { serviceUrl, main, hasPtz: false, hasRecordings: true },
    }),
    cameraId(ID),
  );
  await fixture.storage.cameras.create(sampleCamera({ onvif: undefined }), cameraId('cam-plain'));
});

afterAll(async () => {
  await onvif.close();
  await simulator.close();
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

async function vantage(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, DATABASE_URL: fixture.url, VANTAGE_DATA_DIR: fixture.dataFolder };
  return await new Promise((resolve) => {
    execFile(process.execPath, [CLI, 'camera', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

test('lists what a camera recorded itself, and fetches a range as files that play', { timeout: 60_000 }, async () => {
  const listed = await vantage('recordings', ID, '--json');
  const { recordings } = JSON.parse(listed.stdout) as { recordings: { from: string; isRecordingNow: boolean }[] };
  expect(recordings).toMatchObject([{ token: 'card', isRecordingNow: true, hasVideo: true }]);
  expect(Date.now() - Date.parse(recordings[0]!.from)).toBeGreaterThan(7_190_000);

  const out = path.join(folder, 'out');
  const toMs = Date.now() - 600_000;
  const range = ['--from', new Date(toMs - 90_000).toISOString(), '--to', new Date(toMs).toISOString()];
  const fetched = await vantage('fetch', ID, ...range, '--out', out, '--json');
  expect(fetched.stderr).toBe('');
  const { files } = JSON.parse(fetched.stdout) as { files: SegmentRecord[] };
  expect(files).toHaveLength(2);
  for (const { path: file, frames } of files)
    expect(inspectSegment(path.join(out, file))).toMatchObject({ frames, keyFirst: true });
  expect(files[0]!.startMs).toBeLessThanOrEqual(toMs - 90_000);
  expect(files[0]!.startMs).toBeGreaterThan(toMs - 91_100);
  expect(Math.abs(files[1]!.startMs - files[0]!.endMs)).toBeLessThanOrEqual(1);
  expect(Math.abs(files[1]!.endMs - toMs)).toBeLessThanOrEqual(110);
});

test('says in one sentence why nothing comes', { timeout: 60_000 }, async () => {
  const out = ['--out', path.join(folder, 'nothing')];
  const longAgo = ['--from', '2020-01-01T00:00:00Z', '--to', '2020-01-01T00:01:00Z'];
  for (const [args, said] of [
    [['recordings', 'cam-plain'], 'CAMERA_NOT_ONVIF: This camera was added without ONVIF'],
    [['fetch', ID, ...longAgo, ...out], 'CARD_EMPTY: The camera has recorded nothing of this time'],
    [['fetch', ID, '--from', '2020-01-01', '--to', '2020-01-02', ...out], 'a time with its zone is needed'],
  ] as const) {
    const { code, stdout, stderr } = await vantage(...args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(said);
  }
});
