import type { Box, Detection } from '#analyzers/detection.ts';
import type { MadeRoom } from './made-room.ts';

/** Persons are missed in this share of the pictures; more in the dark. */
const MISSED = 0.12;
const MISSED_IN_THE_DARK = 0.3;
/** Standard deviation of place and size of a box, in shares of it. */
const TREMBLE = 0.03;
/** Pictures in which a box is reported somewhere where nobody is. */
const INVENTED = 0.003;
/** How often what hangs on the hook is taken for a person. */
const APRON_TAKEN = 0.6;

/**
 * What a detector would say of a made picture: the true boxes, trembling, some missed, some invented. Drawn figures say
 * nothing about a detector, so none is run on them.
 */
export function detectionsOf(
  persons: readonly Box[],
  isDark: boolean,
  room: MadeRoom,
  random: () => number,
): Detection[] {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const tremble = ({ x, y, width, height }: Box, by: number): Box => ({
    x: x + normal() * by * width,
    y: y + normal() * by * height,
    width: width * Math.max(0.5, 1 + normal() * by),
    height: height * Math.max(0.5, 1 + normal() * by),
  });
  const found: Detection[] = [];
  const report = (box: Box, score: number): void => {
    found.push({ label: 'person', score, box });
  };
  for (const person of persons) {
    if (random() < (isDark ? MISSED_IN_THE_DARK : MISSED)) continue;
    report(tremble(person, TREMBLE), 0.45 + random() * 0.5);
  }
  if (room.apron && random() < APRON_TAKEN) report(tremble(room.apron, 0.01), 0.38 + random() * 0.15);
  if (random() < INVENTED) {
    report({ x: random() * 0.9, y: random() * 0.5, width: 0.08, height: 0.35 }, 0.3 + random() * 0.25);
  }
  return found;
}
