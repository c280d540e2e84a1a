/**
 * Renders one demo clip and its truth. Deterministic: the same scene, seed, length and rate give the same pictures.
 *
 *     node infra/scenes/render.ts --scene gate --seed 7 --seconds 30 --fps 12 --out DIR
 *
 * `--stride N` renders every Nth frame only, for a quick look. `--truth-only` writes the truth of a clip that is there already.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { openClip } from './clip-writer.ts';
import { pageFile } from './page-server.ts';
import type { SceneDescription, SeenObject } from './truth-format.ts';
import { serialiseTruth, summariseTruth } from './truth-summary.ts';

const { values: options } = parseArgs({
  options: {
    scene: { type: 'string', default: 'crossing' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '24' },
    fps: { type: 'string', default: '12' },
    width: { type: 'string', default: '1280' },
    height: { type: 'string', default: '720' },
    stride: { type: 'string', default: '1' },
    crf: { type: 'string', default: '27' },
    'truth-every': { type: 'string', default: '3' },
    'truth-only': { type: 'boolean', default: false },
    out: { type: 'string', default: 'data/scenes' },
    chromium: { type: 'string', default: process.env['CHROMIUM'] ?? findProgram('chromium') },
  },
});

const START_TIMEOUT_MS = 300_000; // a software renderer on a busy machine
const { scene } = options;
const [seed, fps, stride] = [Number(options.seed), Number(options.fps), Number(options.stride)];
const [widthPx, heightPx] = [Number(options.width), Number(options.height)];
const frameCount = Math.round(Number(options.seconds) * fps);
await mkdir(options.out, { recursive: true });
const clipFile = path.join(options.out, `${scene}.mp4`);

const browser = await chromium.launch({
  executablePath: options.chromium,
  args: [
    '--no-sandbox',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
    '--hide-scrollbars',
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: widthPx, height: heightPx } });
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  await page.route('**/*', async (route) => {
    const file = await pageFile(new URL(route.request().url()).pathname);
    await route.fulfill(file ?? { status: 404 });
  });
  const query = new URLSearchParams({ scene, seed: String(seed), width: String(widthPx), height: String(heightPx) });
  await page.goto(`http://scenes.invalid/?${query}`, { waitUntil: 'commit' });
  await page.waitForFunction('window.scenePage', null, { timeout: START_TIMEOUT_MS }).catch((cause: unknown) => {
    throw new Error(`the scene did not start: ${failures.join('; ')}`, { cause });
  });
  const description = await page.evaluate<SceneDescription>('window.scenePage.description');

  const clip = options['truth-only'] ? undefined : openClip(clipFile, { fps, crf: Number(options.crf) });
  const frames: { index: number; timeMs: number; objects: SeenObject[] }[] = [];
  const startedMs = Date.now();
  for (let index = 0; index < frameCount; index += stride) {
    const timeS = index / fps;
    const note = (objects: SeenObject[]) =>
      frames.push({ index: frames.length, timeMs: Math.round(timeS * 1000), objects });
    if (clip) {
      const { jpegUrl, objects } = await page.evaluate<{ jpegUrl: string; objects: SeenObject[] }>(
        `window.scenePage.render(${timeS})`,
      );
      note(objects);
      await clip.write(Buffer.from(jpegUrl.slice(jpegUrl.indexOf(',') + 1), 'base64'));
    } else note(await page.evaluate<SeenObject[]>(`window.scenePage.observe(${timeS})`));
    if (frames.length % 24 === 0)
      console.log(
        `${index + 1} of ${frameCount} frames, ${((Date.now() - startedMs) / frames.length).toFixed(0)} ms each`,
      );
  }
  await clip?.close();
  const durationMs = Math.round((frames.length * 1000) / fps);
  const truth = summariseTruth({ scene, seed, widthPx, heightPx, fps, durationMs, ...description }, frames);
  await writeFile(path.join(options.out, `${scene}.truth.json`), serialiseTruth(truth, Number(options['truth-every'])));
  console.log(
    `${clipFile}: ${frames.length} frames, ${truth.vehicles.length} vehicles, ${truth.crossings.length} crossings`,
  );
} finally {
  await browser.close();
}

function findProgram(name: string): string {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? name;
}
