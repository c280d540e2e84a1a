import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { scaleFilter } from '#ingest/frames/picture-size.ts';
import { cpuMs } from '../bench-report.ts';
import { cpuMsOf } from '../ingest/process-usage.ts';
import { BareNetworks, decodeCpuMs } from './ceiling.ts';
import { Chain, type ChainOptions } from './chain.ts';
import { type KeyFilm, keyFrameAt, writeKeyStream } from './key-film.ts';
import { INFERENCES, type Inference } from './recording-model-set.ts';

export interface RatioOptions extends Omit<ChainOptions, 'decoderProcesses' | 'skipUnchanged' | 'modelSetModule'> {
  readonly films: readonly KeyFilm[];
  readonly frames: number;
  readonly registry: ModelRegistry;
}

/** CPU milliseconds, summed over rounds. */
interface Sums {
  frames: number;
  chain: number;
  decoders: number;
  networks: number;
  rewritten: number;
  decode: number;
  decodeScaled: number;
}

/** One film as one camera sends it: its tracks begin anew with each round, so that each round is the same work. */
interface Round {
  readonly film: KeyFilm;
  readonly inferences: readonly Inference[];
  readonly stream: string;
  readonly streamFrames: number;
}

/** A bare ffmpeg decodes at least so many pictures in one go, that its start does not count. */
const MIN_DECODED = 60;
/** So many pictures go through the chain first: its code is compiled while it runs, and a server runs for months. */
const WARM_UP_PICTURES = 200;

export async function measureRatio(options: RatioOptions) {
  const { films, frames, registry } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-bench-'));
  const chainOptions: ChainOptions = { ...options, decoderProcesses: 1, skipUnchanged: false };
  const networks = new BareNetworks(registry, { isRewritten: false });
  const rewritten = new BareNetworks(registry, { isRewritten: true });
  const chain = new Chain(chainOptions);
  try {
    const recorded = await recordInferences(chainOptions, films);
    const rounds: Round[] = [];
    for (const [index, film] of films.entries()) {
      const stream = path.join(folder, `${index}.h264`);
      const repeats = Math.ceil(MIN_DECODED / film.keyFrames.length);
      await writeKeyStream(film, stream, repeats);
      const inferences = recorded[index] ?? [];
      await networks.prepare(inferences);
      await rewritten.prepare(inferences);
      rounds.push({ film, inferences, stream, streamFrames: repeats * film.keyFrames.length });
    }
    await chain.start();
    for (let played = 0; played < WARM_UP_PICTURES; )
      for (const { film } of rounds) {
        await playRound(chain, film, 'warm-up');
        played += film.keyFrames.length;
      }
    const sums: Sums = { frames: 0, chain: 0, decoders: 0, networks: 0, rewritten: 0, decode: 0, decodeScaled: 0 };
    // In turns, so that a busy machine slows both alike.
    for (let turn = 0; sums.frames < frames; turn++) {
      const round = rounds[turn % rounds.length];
      if (!round) break;
      await measureRound(
        chain,
        { networks, rewritten },
        round,
        `turn-${turn}`,
        options.ingest.analysisMaxWidthPx,
        sums,
      );
    }
    return summary(sums, rounds);
  } finally {
    await Promise.all([chain.close(), networks.close(), rewritten.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureRound(
  chain: Chain,
  bareNetworks: Readonly<Record<'networks' | 'rewritten', BareNetworks>>,
  { film, inferences, stream, streamFrames }: Round,
  camera: string,
  maxWidthPx: number,
  sums: Sums,
): Promise<void> {
  const count = film.keyFrames.length;
  const before = { own: cpuMs(), decoders: cpuMsOf(chain.decoderPids) };
  await playRound(chain, film, camera);
  sums.chain += cpuMs() - before.own;
  sums.decoders += cpuMsOf(chain.decoderPids) - before.decoders;
  for (const kind of ['networks', 'rewritten'] as const) {
    const bare = cpuMs();
    await bareNetworks[kind].run(inferences);
    sums[kind] += cpuMs() - bare;
  }
  const perPicture = async (filter: string): Promise<number> => {
    const [whole, one] = [await decodeCpuMs(stream, streamFrames, filter), await decodeCpuMs(stream, 1, filter)];
    return (whole - one) / (streamFrames - 1);
  };
  sums.decode += count * (await perPicture('null'));
  sums.decodeScaled += count * (await perPicture(scaleFilter(maxWidthPx)));
  sums.frames += count;
}

async function playRound(chain: Chain, film: KeyFilm, camera: string): Promise<void> {
  chain.addCamera(camera);
  const startMs = Date.now();
  for (let place = 0; place < film.keyFrames.length; place++)
    await chain.process(camera, keyFrameAt(film, place, startMs + place * film.intervalMs));
  chain.removeCamera(camera);
}

/** The networks that the chain runs for each film, in order: what the ceiling has to run too. */
async function recordInferences(options: ChainOptions, films: readonly KeyFilm[]): Promise<Inference[][]> {
  const modelSetModule = new URL('./recording-model-set.ts', import.meta.url);
  const channel = new BroadcastChannel(INFERENCES);
  let heard: Inference[] = [];
  channel.onmessage = (message) => heard.push((message as MessageEvent<Inference>).data);
  const chain = new Chain({ ...options, modelSetModule });
  try {
    await chain.start();
    const all: Inference[][] = [];
    for (const film of films) {
      heard = [];
      await playRound(chain, film, film.name);
      // Messages of a broadcast may come after the picture's own.
      await new Promise((resolve) => setTimeout(resolve, 100));
      all.push(heard);
    }
    return all;
  } finally {
    await chain.close();
    channel.close();
  }
}

function summary(sums: Sums, rounds: readonly Round[]) {
  const each = (total: number): number => Math.round((total / sums.frames) * 100) / 100;
  const ours = sums.chain + sums.decoders;
  const ceiling = sums.networks + sums.decode;
  const inferences = rounds.reduce((sum, round) => sum + round.inferences.length, 0);
  const pictures = rounds.reduce((sum, { film }) => sum + film.keyFrames.length, 0);
  return {
    frames: sums.frames,
    framesPerCpuSecond: (sums.frames * 1000) / ours,
    ceilingFramesPerCpuSecond: (sums.frames * 1000) / ceiling,
    ratio: ceiling / ours,
    ratioToRewrittenNetworks: (sums.rewritten + sums.decode) / ours,
    ratioWithScaledDecode: (sums.networks + sums.decodeScaled) / ours,
    networksPerFrame: Math.round((inferences / pictures) * 100) / 100,
    chainCpuMsPerFrame: each(sums.chain),
    decoderCpuMsPerFrame: each(sums.decoders),
    bareNetworksCpuMsPerFrame: each(sums.networks),
    bareRewrittenNetworksCpuMsPerFrame: each(sums.rewritten),
    bareDecodeCpuMsPerFrame: each(sums.decode),
    bareScaledDecodeCpuMsPerFrame: each(sums.decodeScaled),
  };
}
