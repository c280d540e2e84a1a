import { type Person, walkPose, workPose } from './people.ts';

/** A stay at one place until a time; between two stays the person walks straight. */
export interface Stay {
  at: readonly [x: number, z: number];
  fromS: number;
  untilS: number;
  /** Radians; 0 looks along +z. */
  facing: number;
}

const STEP_LENGTH_M = 0.55;
const TURN_S = 0.35;

/** Puts a person where the route has them at this time. @param route sorted by time */
export function followRoute(person: Person, route: readonly Stay[], timeS: number, workTurnsPerS: number) {
  const next = route.findIndex((stay) => timeS < stay.fromS);
  const last = route.at(next < 0 ? -1 : Math.max(0, next - 1));
  if (!last) return;
  const goal = next > 0 ? route[next] : undefined;
  if (!goal || timeS <= last.untilS) {
    place(person, last.at[0], last.at[1], last.facing);
    workPose(person, timeS * workTurnsPerS * 2 * Math.PI);
    return;
  }
  const share = (timeS - last.untilS) / (goal.fromS - last.untilS);
  const [dx, dz] = [goal.at[0] - last.at[0], goal.at[1] - last.at[1]];
  const way = Math.atan2(dx, dz);
  const sinceStart = (timeS - last.untilS) / TURN_S;
  const untilEnd = (goal.fromS - timeS) / TURN_S;
  const heading = untilEnd < sinceStart ? turn(goal.facing, way, untilEnd) : turn(last.facing, way, sinceStart);
  place(person, last.at[0] + dx * share, last.at[1] + dz * share, heading);
  walkPose(person, (share * Math.hypot(dx, dz) * Math.PI) / STEP_LENGTH_M);
}

function place({ root }: Person, x: number, z: number, facing: number) {
  root.position.set(x, 0, z);
  root.rotation.y = facing;
}

/** From one heading to another the short way round; share 1 and more is the second. */
function turn(from: number, to: number, share: number): number {
  const difference = Math.atan2(Math.sin(to - from), Math.cos(to - from));
  return from + difference * Math.min(1, share);
}
