import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { letterbox } from '#analyzers/imaging/letterbox.ts';
import { decodePicture, scaleRegion } from '#analyzers/imaging/scale.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { OnnxSession } from '#analyzers/onnx/onnx-session.ts';
import type { Picture } from '#analyzers/packs/model-pack.ts';
import { createDetector } from '#analyzers/packs/vehicle/vehicle-pack.ts';
import { type BenchReport, cpuMs, describeMachine } from './bench-report.ts';

export interface AnalyzeBenchOptions {
  readonly registry: ModelRegistry;
  /** Pictures to analyse; undefined: a made-up one. */
  readonly folder: string | undefined;
  readonly frames: number;
}

const WIDTH_PX = 1280;
const HEIGHT_PX = 720;
const WARM_UP = 5;
const MODEL_ID = 'centernet';

/**
 * Frames per CPU second through the detector, scaling and decoding of boxes included, against the ceiling: the same
 * network run alone on a prepared input.
 */
export async function benchAnalyze({ registry, folder, frames }: AnalyzeBenchOptions): Promise<BenchReport> {
  const pictures = folder === undefined ? [madeUpPicture()] : await loadPictures(folder);
  const picture = (index: number): Picture => pictures[index % pictures.length] ?? madeUpPicture();
  const detector = await createDetector({ registry, choice: 'centernet', threshold: 0.3 });
  const session = await OnnxSession.open({ modelId: MODEL_ID, bytes: await registry.load(MODEL_ID) });
  const tensor = { data: new Float32Array(3 * 512 * 288), shape: [1, 3, 288, 512] };
  letterbox(picture(0), { left: 0, top: 0, width: WIDTH_PX, height: HEIGHT_PX }, tensor, {
    channels: 'rgb',
    mean: [0, 0, 0],
    scale: [1, 1, 1],
    border: 0,
  });
  for (let i = 0; i < WARM_UP; i++) {
    await detector.detect(picture(i));
    await session.run(tensor);
  }
  let [whole, alone] = [0, 0];
  // In turns, so that a busy machine slows both alike.
  for (let i = 0; i < frames; i++) {
    const start = cpuMs();
    await detector.detect(picture(i));
    const middle = cpuMs();
    await session.run(tensor);
    whole += middle - start;
    alone += cpuMs() - middle;
  }
  await Promise.all([detector.close(), session.close()]);
  const framesPerCpuSecond = (frames * 1000) / whole;
  const ceilingFramesPerCpuSecond = (frames * 1000) / alone;
  const ratio = framesPerCpuSecond / ceilingFramesPerCpuSecond;
  return {
    bench: 'analyze',
    machine: describeMachine(),
    conditions: { model: MODEL_ID, widthPx: WIDTH_PX, heightPx: HEIGHT_PX, frames, pictures: folder ?? 'made up' },
    results: [{ framesPerCpuSecond, ceilingFramesPerCpuSecond, ratio }],
    ratio,
  };
}

async function loadPictures(folder: string): Promise<Picture[]> {
  const names = (await readdir(folder)).filter((name) => /\.(jpe?g|png)$/i.test(name)).slice(0, 8);
  return Promise.all(
    names.map(async (name) => {
      const picture = await decodePicture(path.join(folder, name));
      const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
      return scaleRegion(picture, whole, WIDTH_PX, HEIGHT_PX);
    }),
  );
}

/** Blocks of many colours: the network's time does not depend on what it sees. */
function madeUpPicture(): Picture {
  const pixels = new Uint8Array(WIDTH_PX * HEIGHT_PX * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = ((i >> 7) * 37) % 256;
  return { pixels, widthPx: WIDTH_PX, heightPx: HEIGHT_PX };
}
