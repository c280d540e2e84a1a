import type { Box } from '../detection.ts';

/** One coordinate and its velocity per second, with their covariance. */
interface AxisState {
  readonly position: number;
  readonly velocity: number;
  readonly variance: number;
  readonly covariance: number;
  readonly velocityVariance: number;
}

/** All in shares of the object's own size, so that near and far objects are treated alike. */
const NOISE = { measurement: 0.06, firstVelocityPerS: 2, accelerationPerS2: 2.5 };
/** Below this a box is too small for its own size to be a usable unit. */
const SMALLEST_SIZE = 0.005;

function startAxis(position: number, size: number): AxisState {
  return {
    position,
    velocity: 0,
    variance: (NOISE.measurement * size) ** 2,
    covariance: 0,
    velocityVariance: (NOISE.firstVelocityPerS * size) ** 2,
  };
}

function predictAxis(axis: AxisState, dtS: number, size: number): AxisState {
  const acceleration = (NOISE.accelerationPerS2 * size) ** 2;
  return {
    position: axis.position + axis.velocity * dtS,
    velocity: axis.velocity,
    variance:
      axis.variance + 2 * dtS * axis.covariance + dtS ** 2 * axis.velocityVariance + (acceleration * dtS ** 4) / 4,
    covariance: axis.covariance + dtS * axis.velocityVariance + (acceleration * dtS ** 3) / 2,
    velocityVariance: axis.velocityVariance + acceleration * dtS ** 2,
  };
}

function correctAxis(axis: AxisState, measured: number, size: number): AxisState {
  const innovation = axis.variance + (NOISE.measurement * size) ** 2;
  const gain = axis.variance / innovation;
  const velocityGain = axis.covariance / innovation;
  const residual = measured - axis.position;
  return {
    position: axis.position + gain * residual,
    velocity: axis.velocity + velocityGain * residual,
    variance: (1 - gain) * axis.variance,
    covariance: (1 - gain) * axis.covariance,
    velocityVariance: axis.velocityVariance - velocityGain * axis.covariance,
  };
}

/**
 * Follows one box under the assumption that centre and size change at a constant rate. Steps may be of any length:
 * pictures come at 2-25 a second, and some are missing.
 */
export class BoxFilter {
  #centreX: AxisState;
  #centreY: AxisState;
  #width: AxisState;
  #height: AxisState;

  constructor(box: Box) {
    this.#centreX = startAxis(box.x + box.width / 2, size(box.width));
    this.#centreY = startAxis(box.y + box.height / 2, size(box.height));
    this.#width = startAxis(box.width, size(box.width));
    this.#height = startAxis(box.height, size(box.height));
  }

  /** Where the box should be now; may lie outside the frame. */
  get box(): Box {
    const width = size(this.#width.position);
    const height = size(this.#height.position);
    return { x: this.#centreX.position - width / 2, y: this.#centreY.position - height / 2, width, height };
  }

  /** Of the centre, in frame widths and heights per second. */
  get velocityPerS(): { readonly x: number; readonly y: number } {
    return { x: this.#centreX.velocity, y: this.#centreY.velocity };
  }

  predict(dtS: number): void {
    const { width, height } = this.box;
    this.#centreX = predictAxis(this.#centreX, dtS, width);
    this.#centreY = predictAxis(this.#centreY, dtS, height);
    this.#width = predictAxis(this.#width, dtS, width);
    this.#height = predictAxis(this.#height, dtS, height);
  }

  correct(measured: Box): void {
    const width = size(measured.width);
    const height = size(measured.height);
    this.#centreX = correctAxis(this.#centreX, measured.x + measured.width / 2, width);
    this.#centreY = correctAxis(this.#centreY, measured.y + measured.height / 2, height);
    this.#width = correctAxis(this.#width, width, width);
    this.#height = correctAxis(this.#height, height, height);
  }
}

function size(length: number): number {
  return Math.max(SMALLEST_SIZE, length);
}
