import type { Sighting } from '#api/contract/sightings.ts';

/** A stretch of one camera's recording around a pass. */
export interface Stretch {
  readonly sighting: Sighting;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The recorded passes as stretches of ±`aroundMs`; passes of one camera that overlap are one stretch, so nothing is shown twice. */
export function routeStretches(sightings: readonly Sighting[], aroundMs: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const sighting of sightings) {
    if (!sighting.isRecorded) continue;
    const timeMs = Date.parse(sighting.time);
    const last = stretches.at(-1);
    if (last && last.sighting.cameraId === sighting.cameraId && last.toMs >= timeMs - aroundMs)
      stretches[stretches.length - 1] = { ...last, toMs: timeMs + aroundMs };
    else stretches.push({ sighting, fromMs: timeMs - aroundMs, toMs: timeMs + aroundMs });
  }
  return stretches;
}
