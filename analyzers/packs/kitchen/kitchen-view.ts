import type { KitchenSetup } from '#ingest/cameras/camera.ts';
import { ScheduleClock } from '#ingest/recorder/recording-schedule.ts';
import type { Box, Detection } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';
import { type View, ViewWatch } from './view-watch.ts';

/** One picture, and what all watches of the kitchen want to know of it. */
export interface PictureOfKitchen {
  readonly picture: Picture;
  readonly detections: readonly Detection[];
  readonly persons: readonly Box[];
  readonly timeMs: number;
  /** undefined: the opening hours are not known. */
  readonly isOpen: boolean | undefined;
  /** undefined: there is no reference picture. */
  readonly view: View | undefined;
}

/** Looks at each picture once for all watches of a kitchen: is it open, and is the view the one that was set up? */
export class KitchenView {
  readonly #hours: ScheduleClock | undefined;
  readonly #watch: ViewWatch | undefined;

  /** @throws {AppError} `RECORDING_SCHEDULE_INVALID` */
  constructor(setup: KitchenSetup | undefined, reference: Picture | undefined) {
    this.#hours = setup?.openingHours && new ScheduleClock(setup.openingHours);
    this.#watch = reference && new ViewWatch(reference);
  }

  look(picture: Picture, detections: readonly Detection[], timeMs: number): PictureOfKitchen {
    const persons = detections.filter(({ label }) => label === 'person').map(({ box }) => box);
    const isOpen = this.#hours?.includes(timeMs);
    const view = this.#watch?.update(picture, persons, timeMs);
    return { picture, detections, persons, timeMs, isOpen, view };
  }
}
