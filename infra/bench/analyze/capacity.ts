import { setTimeout as delay } from 'node:timers/promises';
import { cpuMsOf, withDescendants } from '../ingest/process-usage.ts';
import { Chain, type ChainOptions } from './chain.ts';
import { type KeyFilm, keyFrameAt } from './key-film.ts';

export interface CapacityOptions extends Omit<ChainOptions, 'decoderProcesses' | 'skipUnchanged' | 'modelSetModule'> {
  readonly films: readonly KeyFilm[];
  readonly cameras: number;
  readonly seconds: number;
}

const DECODER_PROCESSES = 2;
const MAX_SETTLE_MS = 10_000;

/**
 * So many cameras, each with a key frame at its own time, through decoders and one analyzer thread: CPU seconds per second of
 * everything together, what was dropped, and how late pictures were done.
 */
export async function measureCapacity(options: CapacityOptions) {
  const { films, cameras, seconds, analyzers } = options;
  const lags: number[] = [];
  let isMeasuring = false;
  const chain = new Chain(
    { ...options, decoderProcesses: DECODER_PROCESSES, skipUnchanged: analyzers.skipUnchanged },
    (_, wallMs) => {
      if (isMeasuring) lags.push(Date.now() - wallMs);
    },
  );
  const timers: NodeJS.Timeout[] = [];
  let sent = 0;
  try {
    await chain.start();
    for (let index = 0; index < cameras; index++) {
      const film = films[index % films.length];
      if (!film) continue;
      const id = `camera-${index}`;
      chain.addCamera(id);
      // Cameras begin at different places of their film, and their key frames come at different times.
      let place = Math.floor((index / films.length) * 7);
      const send = (): void => {
        sent++;
        chain.push(id, keyFrameAt(film, place++, Date.now()));
      };
      timers.push(
        setTimeout(
          () => {
            send();
            timers.push(setInterval(send, film.intervalMs));
          },
          (film.intervalMs * index) / cameras,
        ),
      );
    }
    const intervalMs = films[0]?.intervalMs ?? 2000;
    await delay(2 * intervalMs);
    const pids = () => withDescendants([process.pid]);
    const before = { cpuMs: cpuMsOf(pids()), atMs: performance.now(), sent, counters: chain.counters };
    isMeasuring = true;
    await delay(seconds * 1000);
    isMeasuring = false;
    const windowMs = performance.now() - before.atMs;
    const usedMs = cpuMsOf(pids()) - before.cpuMs;
    const after = { sent, counters: chain.counters };
    for (const timer of timers) clearTimeout(timer);
    await delay(Math.min(MAX_SETTLE_MS, intervalMs));
    const grown = (name: keyof Chain['counters']): number => after.counters[name] - before.counters[name];
    const sorted = lags.toSorted((a, b) => a - b);
    const percentile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    const cpuSecondsPerSecond = usedMs / windowMs;
    return {
      cameras,
      framesSent: after.sent - before.sent,
      framesKept: grown('framesAnalysed'),
      framesUnchanged: grown('framesUnchanged'),
      framesDropped: grown('framesDropped'),
      framesFailed: grown('framesFailed'),
      events: grown('events'),
      cpuSecondsPerSecond,
      cpuMsPerFrame: usedMs / Math.max(1, grown('framesAnalysed')),
      camerasPerCore: cameras / cpuSecondsPerSecond,
      lagP50Ms: percentile(0.5),
      lagP95Ms: percentile(0.95),
    };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    await chain.close();
  }
}
