import { setTimeout as pause } from 'node:timers/promises';
import type { CDPSession } from 'playwright-core';
import type { Figures } from '../bench-report.ts';

const SAMPLE_MS = 5000;

export interface SoakSubject {
  readonly cdp: CDPSession;
  readonly minutes: number;
  readonly serverMb: () => number;
  /** Of each tile, ms behind its camera; undefined while it cannot be read. */
  readonly delaysMs: () => Promise<readonly (number | undefined)[]>;
  readonly onProgress: (line: string) => void;
}

interface Sample {
  readonly heapMb: number;
  readonly nodes: number;
  readonly serverMb: number;
}

/**
 * Leaves the wall open and looks for growth: the mean of the last quarter against that of the second one, since the first
 * is warm-up. The heap of the page is measured after its garbage was collected.
 */
export async function soak({ cdp, minutes, serverMb, delaysMs, onProgress }: SoakSubject): Promise<Figures> {
  await cdp.send('Performance.enable');
  const samples: Sample[] = [];
  let greatestDelayMs = 0;
  let unread = 0;
  let readings = 0;
  const untilMs = performance.now() + minutes * 60_000;
  while (performance.now() < untilMs) {
    await pause(SAMPLE_MS);
    for (const delayMs of await delaysMs()) {
      readings++;
      if (delayMs === undefined) unread++;
      else greatestDelayMs = Math.max(greatestDelayMs, delayMs);
    }
    await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? 0;
    samples.push({ heapMb: metric('JSHeapUsedSize') / 1e6, nodes: metric('Nodes'), serverMb: serverMb() });
    const last = samples.at(-1);
    if (samples.length % 12 === 0)
      onProgress(
        `${samples.length / 12} min: heap ${last?.heapMb.toFixed(1)} MB, server ${last?.serverMb.toFixed(0)} MB, greatest delay ${greatestDelayMs.toFixed(0)} ms`,
      );
  }
  const quarter = Math.floor(samples.length / 4);
  const mean = (key: keyof Sample, from: number): number => {
    const part = samples.slice(from, from + Math.max(1, quarter));
    return part.reduce((sum, sample) => sum + sample[key], 0) / Math.max(1, part.length);
  };
  const figures = (key: keyof Sample): [number, number] => [mean(key, quarter), mean(key, samples.length - quarter)];
  const [heapBefore, heapAfter] = figures('heapMb');
  const [serverBefore, serverAfter] = figures('serverMb');
  const [nodesBefore, nodesAfter] = figures('nodes');
  return {
    minutes,
    pageHeapMbBefore: round(heapBefore),
    pageHeapMbAfter: round(heapAfter),
    pageNodesBefore: Math.round(nodesBefore),
    pageNodesAfter: Math.round(nodesAfter),
    serverMbBefore: round(serverBefore),
    serverMbAfter: round(serverAfter),
    greatestDelayMs: Math.round(greatestDelayMs),
    unreadShare: round(unread / Math.max(1, readings)),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
