import type { PlateColour, PlateKind } from '../../detection.ts';
import { ALL_LETTERS, NEW_ENERGY_LETTERS } from './plate-alphabet.ts';

/** What is known of a plate besides how its characters look. */
export interface PlateContext {
  readonly colour: PlateColour;
  readonly rows: 1 | 2;
  /** Short name of the province that most vehicles here come from; empty: not known. */
  readonly homeProvince: string;
}

/**
 * How often a ground of some colour is seen so on plates of each kind, as logarithms against the usual one. The colours of
 * plates are GA 36-2018's; the odds allow for shade, night and dirt, in which blue is taken for black and pale green for
 * white, and hardly ever the other way round.
 */
const COLOUR_ODDS: Readonly<Record<PlateKind, Readonly<Record<PlateColour, number>>>> = {
  standard: { blue: 0, yellow: 0, black: -0.5, unknown: 0, white: -1, green: -3 },
  // A large one is yellow at the left and green at the right.
  new_energy: { green: 0, white: -0.5, yellow: -1, unknown: 0, blue: -4, black: -3 },
  two_row: { blue: 0, yellow: 0, black: -0.5, unknown: 0, white: -1, green: -3 },
  trailer: { yellow: 0, unknown: -1, white: -2, black: -3, blue: -4, green: -4 },
  learner: { yellow: 0, unknown: -1, white: -2, black: -3, blue: -4, green: -4 },
  hong_kong_macau: { black: 0, unknown: -1, blue: -2.5, white: -4, yellow: -4, green: -4 },
  consular: { black: 0, unknown: -1, blue: -2.5, white: -4, yellow: -4, green: -4 },
  police: { white: 0, unknown: -1.5, black: -3, blue: -4, yellow: -3, green: -4 },
  // Where a province cannot be read, two letters come near it: the ground must speak for them.
  military: { white: -1, unknown: -6, black: -10, blue: -14, yellow: -12, green: -14 },
  // Only where no form of mainland China comes near.
  generic: { blue: -6, yellow: -6, black: -6, unknown: -6, white: -6, green: -6 },
};

/**
 * A text recogniser has learned from texts in which digits stand in rows, so it takes a D between digits for 0 and a G for 6.
 * Its own expectation is taken back by this much for each letter of the serial, as far as GA 36-2018 allows letters: two.
 * Set on one half of the crops (see docs/benchmarks.md): 0.75 to 2 serve alike.
 */
const LETTER_BONUS = 1.25;
const MOST_LETTERS = 2;
const TOO_MANY_LETTERS = -3;
/** D and F were given out first, the other letters of new-energy plates and a letter beside them only where those ran out. */
const RARE_NEW_ENERGY_LETTER = -1;
const SECOND_NEW_ENERGY_LETTER = -1.5;
/** Small new-energy plates exist in one row only. */
const NOT_IN_TWO_ROWS = -6;
/** Of the vehicles on the roads of a city, this share is from its own province; the rest from the thirty others alike. */
const HOME_SHARE = 0.6;
const HOME_BONUS = Math.log(HOME_SHARE / ((1 - HOME_SHARE) / 30));

const isLetter = (character: string): boolean => ALL_LETTERS.includes(character);

/** Log weight of a text as a plate of a kind, before any look at its characters. */
export function plateLogPrior(text: string, kind: PlateKind, { colour, rows, homeProvince }: PlateContext): number {
  let log = COLOUR_ODDS[kind][colour];
  if (rows === 2 && kind === 'new_energy') log += NOT_IN_TWO_ROWS;
  if (kind === 'generic' || kind === 'military') return log;
  const serial = text.slice(2);
  const letters = Array.from(serial).filter(isLetter).length;
  log += LETTER_BONUS * Math.min(MOST_LETTERS, letters);
  if (letters > MOST_LETTERS) log += TOO_MANY_LETTERS;
  if (kind === 'new_energy') log += newEnergyOdds(serial);
  return homeProvince !== '' && text.startsWith(homeProvince) ? log + HOME_BONUS : log;
}

function newEnergyOdds(serial: string): number {
  const small = NEW_ENERGY_LETTERS.includes(serial[0] ?? '');
  const letter = small ? serial[0] : serial.at(-1);
  const second = small && isLetter(serial[1] ?? '') ? SECOND_NEW_ENERGY_LETTER : 0;
  return second + (letter === 'D' || letter === 'F' ? 0 : RARE_NEW_ENERGY_LETTER);
}
