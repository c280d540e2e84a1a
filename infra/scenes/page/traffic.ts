import { type SeededRandom, seededRandom } from './seeded-random.ts';
import type { Stage } from './stage.ts';
import { createVehicle, type Vehicle, type VehicleStyle } from './vehicle.ts';

/** One vehicle on its lane. `positionM` is its middle, counted from where the lane begins. */
export interface Driver {
  vehicle: Vehicle;
  positionM: number;
  speedMps: number;
  wishedSpeedMps: number;
  /** How long it has stood at the stop line. */
  stoodS: number;
}

export interface LanePlan {
  /** Where the lane begins, [x, z] in metres. */
  from: readonly [number, number];
  direction: readonly [number, number];
  lengthM: number;
  speedMps: number;
  /** Mean time between two vehicles. */
  gapS: number;
  styles: readonly [VehicleStyle, ...VehicleStyle[]];
  electricShare: number;
  stopLine?: { atM: number; mustStop(timeS: number, driver: Driver, distanceM: number): boolean };
}

const STEP_S = 1 / 30;
const ACCELERATION = 1.6; // m/s², also the next three: usual values of the model
const BRAKING = 2.5;
const HARDEST_BRAKING = 7;
const HEADWAY_S = 1.2;
const STANDING_GAP_M = 2;

/** Vehicles that follow each other by the intelligent driver model, in fixed steps: the same seed gives the same traffic. */
export class Traffic {
  readonly #stage: Stage;
  readonly #random: SeededRandom;
  readonly #lanes: Lane[] = [];
  #timeS = 0;
  #created = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#random = seededRandom(stage.seed, 'traffic');
  }

  /** The drivers on the new lane, first one ahead; live. */
  addLane(plan: LanePlan): readonly Driver[] {
    const drivers: Driver[] = [];
    this.#lanes.push({ plan, drivers, nextS: this.#random.between(0, plan.gapS * 0.5) });
    return drivers;
  }

  advance(timeS: number) {
    while (this.#timeS < timeS - 1e-9) {
      for (const lane of this.#lanes) this.#stepLane(lane);
      this.#timeS += STEP_S;
    }
  }

  #stepLane(lane: Lane) {
    const { plan, drivers } = lane;
    const last = drivers.at(-1);
    if (this.#timeS >= lane.nextS && (!last || last.positionM - last.vehicle.lengthM > 9)) this.#enter(lane);
    drivers.forEach((driver, index) => drive(driver, drivers[index - 1], plan, this.#timeS));
    for (const { vehicle, positionM } of drivers) {
      vehicle.root.position.set(
        plan.from[0] + plan.direction[0] * positionM,
        0,
        plan.from[1] + plan.direction[1] * positionM,
      );
    }
    while (drivers[0] && drivers[0].positionM > plan.lengthM) this.#leave(drivers.shift());
  }

  #enter(lane: Lane) {
    const { plan, drivers } = lane;
    lane.nextS = this.#timeS + plan.gapS * this.#random.between(0.6, 1.5);
    const vehicle = createVehicle(++this.#created, this.#random.pick(plan.styles), this.#random, plan.electricShare);
    vehicle.root.rotation.y = Math.atan2(-plan.direction[1], plan.direction[0]);
    this.#stage.scene.add(vehicle.root);
    this.#stage.actors.add(vehicle);
    drivers.push({
      vehicle,
      positionM: 0,
      speedMps: plan.speedMps * 0.9,
      wishedSpeedMps: plan.speedMps * this.#random.between(0.85, 1.1),
      stoodS: 0,
    });
  }

  #leave(driver: Driver | undefined) {
    if (!driver) return;
    this.#stage.scene.remove(driver.vehicle.root);
    this.#stage.actors.delete(driver.vehicle);
  }
}

interface Lane {
  plan: LanePlan;
  drivers: Driver[];
  nextS: number;
}

function drive(driver: Driver, ahead: Driver | undefined, plan: LanePlan, timeS: number) {
  const front = driver.positionM + driver.vehicle.lengthM / 2;
  let gapM = Number.POSITIVE_INFINITY;
  let closingMps = 0;
  if (ahead) {
    gapM = ahead.positionM - ahead.vehicle.lengthM / 2 - front;
    closingMps = driver.speedMps - ahead.speedMps;
  }
  const toLine = (plan.stopLine?.atM ?? Number.NEGATIVE_INFINITY) - front;
  if (toLine > -0.5 && toLine < 60) {
    if (toLine < 3 && driver.speedMps < 0.4) driver.stoodS += STEP_S;
    if (plan.stopLine?.mustStop(timeS, driver, toLine) && toLine < gapM) {
      gapM = Math.max(0.05, toLine);
      closingMps = driver.speedMps;
    }
  }
  const brakingGap = (driver.speedMps * closingMps) / (2 * Math.sqrt(ACCELERATION * BRAKING));
  const wishedGap = STANDING_GAP_M + Math.max(0, driver.speedMps * HEADWAY_S + brakingGap);
  const free = (driver.speedMps / driver.wishedSpeedMps) ** 4;
  const acceleration = ACCELERATION * (1 - free - (wishedGap / Math.max(0.3, gapM)) ** 2);
  driver.speedMps = Math.max(0, driver.speedMps + Math.max(-HARDEST_BRAKING, acceleration) * STEP_S);
  driver.positionM += driver.speedMps * STEP_S;
}
