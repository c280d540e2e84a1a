import { answerCalls } from './ingest/child-calls.ts';
import { loadFilm } from './ingest/load-clip.ts';
import { type LoadCounts, type LoadLateness, LoadSource } from './ingest/load-source.ts';

/** The process of the load: cameras that cost little. Started by the bench. */

let source: LoadSource | undefined;

const calls = {
  /** @returns the port of the cameras */
  async start(film: string): Promise<{ readonly port: number; readonly mbitPerSecond: number }> {
    const clip = await loadFilm(film);
    source = new LoadSource(clip);
    return { port: await source.listen(), mbitPerSecond: clip.mbitPerSecond };
  },
  resetLateness: (): void => source?.resetLateness(),
  lateness: (): LoadLateness | undefined => source?.lateness,
  counts: (): LoadCounts | undefined => source?.counts,
  async stop(): Promise<LoadCounts | undefined> {
    await source?.stop();
    return source?.counts;
  },
};

export type LoadCalls = typeof calls;

answerCalls(calls);
