import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/*
 * Debian's onvif-tools (libonvif) is an ONVIF client that others wrote. It finds devices by multicast on the machine's default route and
 * never sees its own machine: so both get a network of their own, in which loopback is the default route.
 */
const MAIN = new URL('../infra/cli/main.ts', import.meta.url).pathname;
const OWN_NETWORK = ['-rn', 'sh', '-c', 'ip link set lo up && ip route add default dev lo'];
const hasTools = spawnSync('onvif-util', ['-h']).error === undefined;
const hasOwnNetwork = spawnSync('unshare', OWN_NETWORK).status === 0;

const COMMANDS = [
  'get time',
  'get capabilities',
  'get profiles',
  'get profile',
  'get video',
  'get video options',
  'get imaging options',
  'set brightness 77',
  'get imaging',
  'get rtsp',
  'quit',
];
const SCRIPT = `
ip link set lo up && ip route add default dev lo || exit 1
"$NODE" "$MAIN" simulate --cameras 1 --scenes gate --port 8554 --onvif-port 8080 --username admin --password-env PASSWORD --json > simulated.json &
simulator=$!
tries=0
until [ -s simulated.json ] || [ $tries -ge 300 ]; do sleep 0.2; tries=$((tries + 1)); done
timeout 30 onvif-util -a > all.txt 2>&1
timeout 60 onvif-util -u admin -p "$PASSWORD" 127.0.0.1 < commands.txt > right.txt 2>&1
timeout 60 onvif-util -u admin -p wrong 127.0.0.1 < commands.txt > wrong.txt 2>&1
"$NODE" "$MAIN" camera discover --interface lo --seconds 2 --json > discovered.json
"$NODE" "$MAIN" camera probe 127.0.0.1 --username admin --password-env PASSWORD --json > probed.json
kill $simulator
wait $simulator
`;

describe.skipIf(!hasTools || !hasOwnNetwork)(
  'against Debian’s onvif-tools (skipped without them, or without a network of its own)',
  () => {
    let folder: string;
    const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'vantage-onvif-'));
      await writeFile(join(folder, 'commands.txt'), `${COMMANDS.join('\n')}\n`);
      await promisify(execFile)('unshare', ['-rn', 'sh', '-c', SCRIPT], {
        cwd: folder,
        env: { ...process.env, NODE: process.execPath, MAIN, PASSWORD: 'pass-word-1' },
        timeout: 170_000,
      });
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test('its search finds the simulated device, with its name', async () => {
      const found = await read('all.txt');
      expect(found).toContain('Found 1 cameras');
      expect(found).toMatch(/127\.0\.0\.1 .*Simulated camera 1/);
    });

    test('it signs in and reads clock, capabilities, profile, encoder, picture settings and stream address', async () => {
      const told = await read('right.txt');
      expect(told).toContain('successfully connected to host');
      expect(told).not.toContain('NotAuthorized');
      expect(told).toMatch(/Time Offset: +-?[0-2] seconds/);
      expect(told).toContain('POST /onvif/events HTTP/1.1');
      expect(told).toContain('Profile set to main');
      expect(told).toMatch(/Resolution: 1280 x 720\s+Frame Rate: 10\s/);
      expect(told).toMatch(/Available Resolutions\s+1280 x 720/);
      expect(told).toContain('Max Brightness: 100');
      expect(told).toContain('rtsp://127.0.0.1:8554/cam/1');
    });

    test('it changes the picture, and reads back what it set', async () => {
      const told = await read('right.txt');
      expect(told).toContain('Brightness was set to 77');
      expect(told).toMatch(/Brightness: 77\s+Contrast: +50/);
    });

    test('it is refused with a wrong password', async () => {
      const told = await read('wrong.txt');
      expect(told).toContain('ter:NotAuthorized');
      expect(told).not.toContain('successfully connected');
    });

    test('our own search and probe see the same device', async () => {
      expect(JSON.parse(await read('discovered.json'))).toMatchObject({
        devices: [{ name: 'Simulated camera 1', serviceUrls: ['http://127.0.0.1:8080/onvif/device_service'] }],
      });
      expect(JSON.parse(await read('probed.json'))).toMatchObject({
        ok: true,
        found: { streams: [{ kind: 'main', url: 'rtsp://127.0.0.1:8554/cam/1' }], onvif: { hasPtz: true } },
      });
      expect(await read('probed.json')).not.toContain('pass-word-1');
    });
  },
);
