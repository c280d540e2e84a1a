import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiSession } from './api-session.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';
import { runCli } from './processes.ts';

const GATE = new URL('../ingest/simulator/clips/gate.mp4', import.meta.url).pathname;
const POLL = { interval: 250 } as const;

let demo: DemoProcess;
let api: ApiSession;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-bad-input-'));
  await writeFile(path.join(folder, 'text.mp4'), 'this is no video');
  await writeFile(path.join(folder, 'text.jpg'), 'this is no picture');
  demo = await startDemo({
    cameras: 2,
    args: ['--clip', GATE],
    // No disk has that much left: for the recorder it is full.
    env: { DATABASE_URL: '', VANTAGE_INGEST_MINIMUM_FREE_MB: '1000000000' },
  });
  api = new ApiSession(demo.url);
  await api.signIn(demo.username, demo.password);
});

afterAll(async () => {
  await demo?.stop();
  await demo?.removeData();
  await rm(folder, { recursive: true, force: true });
});

test('on a full disk recording stops and says so; tiles stay live, pictures are analysed and events stored', async () => {
  await expect
    .poll(async () => (await api.system()).notices.map(({ code }) => code), { ...POLL, timeout: 30_000 })
    .toContain('DISK_FULL');
  const notice = (await api.system()).notices.find(({ code }) => code === 'DISK_FULL');
  expect(notice).toMatchObject({
    level: 'error',
    en: expect.stringContaining('The disk for recordings is full') as unknown,
    zh: expect.stringContaining('录像磁盘已满') as unknown,
  });
  await expect
    .poll(async () => (await api.timeline('demo-0002')).gaps.map(({ cause }) => cause), { ...POLL, timeout: 20_000 })
    .toEqual(['disk_full']);
  await expect
    .poll(async () => (await api.events('vehicle.sighting,vehicle.crossing')).length, { ...POLL, timeout: 90_000 })
    .toBeGreaterThan(0);
  expect((await api.cameras()).map(({ state }) => state.status)).toEqual(['live', 'live']);
  expect((await api.bytes('/api/cameras/demo-0002/still.jpg')).status).toBe(200);
  expect((await api.timeline('demo-0002')).segments).toEqual([]);
  expect(await api.metric('vantage_recorded_frames')).toBe(0);
});

test('a second Vantage on the same port, or on the same data folder, says so in one sentence', async () => {
  const { port } = new URL(demo.url);
  const samePort = await runCli(['serve', '--port', port, '--data', path.join(folder, 'other')]);
  expect(samePort.code).toBe(1);
  expect(samePort.stderr).toContain('API_PORT_IN_USE');
  expect(samePort.stderr).toContain(`port=${port}`);
  expect(samePort.stderr).toContain('--port');
  expect(samePort.stderr).toContain('页面端口已被其他程序占用');
  const sameFolder = await runCli(['demo', '--cameras', '1', '--clip', GATE, '--port', '0', '--data', demo.dataFolder]);
  expect(sameFolder.code).toBe(1);
  expect(sameFolder.stderr).toContain('DATA_FOLDER_IN_USE');
  expect((await api.system()).cameras.live).toBe(2);
});

const BAD_INPUT = [
  { args: ['record', 'http://127.0.0.1/', '--out', 'OUT', '--seconds', '2'], says: 'CAMERA_URL_INVALID' },
  { args: ['record', 'rtsp://127.0.0.1:1/x', '--out', '/dev/null/out', '--seconds', '2'], says: 'DISK_WRITE_FAILED' },
  { args: ['record', 'rtsp://127.0.0.1:1/x', '--out', 'OUT', '--seconds', '1'], says: 'CAMERA_UNREACHABLE' },
  { args: ['camera', 'probe', 'rtsp://127.0.0.1:1/x'], says: 'CAMERA_UNREACHABLE' },
  { args: ['camera', 'probe', 'not an address'], says: 'CAMERA_ADDRESS_INVALID' },
  {
    args: ['camera', 'add', '--data', 'OUT', '--name', 'x', '--url', 'http://a:secret@b/'],
    says: 'CAMERA_URL_INVALID',
  },
  { args: ['analyze', 'OUT/missing.jpg', '--jsonl'], says: 'SOURCE_UNREADABLE' },
  { args: ['analyze', 'OUT/text.jpg', '--jsonl', '--packs', 'vehicle'], says: 'SOURCE_UNREADABLE' },
  { args: ['analyze', 'OUT/text.mp4', '--jsonl', '--packs', 'vehicle'], says: 'SOURCE_UNREADABLE' },
  { args: ['analyze', GATE, '--packs', 'faces'], says: 'PACK_UNKNOWN' },
  { args: ['serve', '--port', 'abc'], says: 'a whole number from 0 to 65535 is needed' },
  { args: ['demo', '--port', 'abc'], says: 'OPTION_INVALID' },
  { args: ['demo', '--clip', 'OUT/text.mp4', '--port', '0', '--data', 'OUT/d'], says: 'CLIP_INVALID' },
];

test.each(BAD_INPUT.map((one) => ({ ...one, command: one.args.slice(0, 3).join(' ') })))(
  '`$command` ends with $says, in one sentence and without a stack',
  async ({ args, says }) => {
    const { code, stdout, stderr } = await runCli(args.map((arg) => arg.replace('OUT', folder)));
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    // The sentence, what to do, and both in Chinese.
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(stderr + stdout).not.toContain('secret');
  },
);
