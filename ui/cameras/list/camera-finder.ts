import type { Camera } from '#api/contract/cameras.ts';
import { type Findable, makeFindable, matchScore } from '../../shared/pinyin-match.ts';
import { codecName } from '../codec-name.ts';

interface Entry {
  /** What people call it: found by pinyin too. */
  readonly named: string;
  readonly facts: string;
  findable: Findable | undefined;
}

/**
 * Finds cameras by what is typed. Pinyin of a name costs a fifth of a millisecond, seconds for a city: it is made once for each name, a few
 * at a time, while nothing else is to be done; until then names are found by their own characters.
 */
export class CameraFinder {
  readonly #factsOf: (camera: Camera) => string;
  #entries = new Map<string, Entry>();
  #todo: Entry[] = [];

  /** @param facts what else a camera is found by, letter by letter */
  constructor(facts: (camera: Camera) => string = factsOf) {
    this.#factsOf = facts;
  }

  /** Takes the list as it is now; what has not changed stays prepared. */
  update(cameras: readonly Camera[]): void {
    const before = this.#entries;
    this.#entries = new Map();
    this.#todo = [];
    for (const camera of cameras) {
      const named = [camera.name, camera.number, camera.area].join(' ');
      const known = before.get(camera.id);
      const findable = known?.named === named ? known.findable : undefined;
      const entry: Entry = { named, facts: `${named} ${this.#factsOf(camera)}`.toLowerCase(), findable };
      this.#entries.set(camera.id, entry);
      if (!findable) this.#todo.push(entry);
    }
  }

  /** Prepares some more names. @returns whether any are left */
  prepare(count: number): boolean {
    for (const entry of this.#todo.splice(0, count)) entry.findable = makeFindable(entry.named);
    return this.#todo.length > 0;
  }

  /** Every word of the query must fit. */
  fits(cameraId: string, query: string): boolean {
    const entry = this.#entries.get(cameraId);
    if (!entry) return false;
    return query
      .toLowerCase()
      .split(/\s+/)
      .every((word) => {
        if (word === '' || entry.facts.includes(word)) return true;
        return entry.findable !== undefined && matchScore(entry.findable, word) > 0;
      });
  }
}

function factsOf({ url, subUrl = '', state, recording, onvif, transport }: Camera): string {
  const codec = codecName(state.codec);
  return [
    url,
    subUrl,
    codec,
    codec.replace('.', ''),
    state.transport ?? transport ?? '',
    recording.mode,
    state.errorCode ?? '',
    state.reason?.zh ?? '',
    state.reason?.en ?? '',
    onvif ? 'onvif' : '',
    onvif?.hasPtz ? 'ptz' : '',
  ].join(' ');
}
