import { expect, it } from 'vitest';
import { seededRandom } from './degrade-picture.ts';
import { makeRoom } from './kitchen/made-room.ts';
import { runScene } from './kitchen/run-scene.ts';
import type { RuleItem, Story } from './kitchen/story.ts';
import { incident } from './kitchen/write-story.ts';

/** One minute before the first violation to two after it began is enough for these; a scene takes twelve. */
const SCENES: readonly (readonly [item: RuleItem, seed: number, minutes: number])[] = [
  ['flame_unattended', 4, 4],
  ['bin_open', 1, 5],
  ['floor_dirty', 1, 6],
  ['rodent', 100, 5],
  ['presence_after_hours', 1, 5],
  ['camera_obstructed', 2, 5],
];

/** Through a real encoder and decoder, a picture every second. */
it.each(SCENES)(
  '%s is raised once on a made scene, in its time, and nothing else of the kind is',
  { timeout: 120_000 },
  async (item, seed, minutes) => {
    const room = makeRoom(seededRandom(seed));
    const whole = incident(item, seed, room);
    const story: Story = { ...whole, toMs: whole.fromMs + minutes * 60_000 };
    const { raised, truth, pictures, sentBytes } = await runScene({
      story,
      room,
      items: [item],
      sampleMs: 1000,
      isEncoded: true,
    });
    expect(pictures).toBe(minutes * 60);
    // As small as a modest sub-stream.
    expect(sentBytes / pictures).toBeLessThan(4000);
    expect(raised).toHaveLength(1);
    const span = truth[0];
    expect(raised[0]?.atMs).toBeGreaterThan(span?.fromMs ?? Number.POSITIVE_INFINITY);
    expect(raised[0]?.sinceMs).toBeLessThan(span?.toMs ?? 0);
  },
);
