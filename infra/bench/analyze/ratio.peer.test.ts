import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { analyzerConfigSchema } from '#analyzers/config.ts';
import { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { REPOSITORY_ROOT } from '../../setup/cache-folder.ts';
import { loadKeyFilm } from './key-film.ts';
import { measureRatio } from './ratio.ts';

it('sends a film through the whole chain and repeats its networks and its decoding bare', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-bench-test-'));
  try {
    const film = await loadKeyFilm({
      clip: path.join(REPOSITORY_ROOT, 'ingest/simulator/clips/gate.mp4'),
      intervalMs: 6000,
      widthPx: 480,
      folder,
    });
    expect(film.keyFrames.length).toBeGreaterThanOrEqual(5);
    const analyzers = readConfig('analyzers', analyzerConfigSchema, {}, { modelFolder: '' });
    const registry = new ModelRegistry({ folder: '', mirror: '', log: silentLog });
    const result = await measureRatio({
      analyzers,
      ingest: { analysisMaxWidthPx: 1280 },
      readPlates: false,
      films: [film],
      frames: 1,
      registry,
    });
    expect(result).toMatchObject({ frames: film.keyFrames.length, networksPerFrame: 1 });
    expect(result.bareNetworksCpuMsPerFrame).toBeGreaterThan(1);
    expect(result.bareDecodeCpuMsPerFrame).toBeGreaterThan(0);
    expect(result.ratio).toBeGreaterThan(0.1);
    expect(result.ratio).toBeLessThan(1.5);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
