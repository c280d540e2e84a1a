import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { HttpClient } from './http-client.ts';

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
const folder = mkdtempSync(join(tmpdir(), 'vantage-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(!hasOpenssl)(
  'takes the certificate that a camera made itself, unless certificates are checked',
  async () => {
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const request = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=camera'.split(' ');
    execFileSync('openssl', [...request, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
    const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, (_, response) =>
      response.end('hello'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const get = async (verifyTls: boolean): Promise<string> => {
      const client = new HttpClient({ credentials: undefined, verifyTls, clock: systemClock });
      try {
        const url = `https://127.0.0.1:${port}/`;
        const { body } = await client.send({ method: 'GET', url, timeoutMs: 10_000, maxBytes: 100 });
        return body.toString('utf8');
      } finally {
        client.close();
      }
    };
    try {
      expect(await get(false)).toBe('hello');
      await expect(get(true)).rejects.toMatchObject({ code: 'CAMERA_TLS_UNTRUSTED' });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
);
