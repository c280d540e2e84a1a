import type { Box } from '../../detection.ts';
import type { PixelRectangle } from '../../imaging/crop.ts';
import type { FinderManifest } from '../../models/finder-manifest.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import type { Picture } from '../model-pack.ts';
import { DetectorNetwork } from '../vehicle/detector-network.ts';
import { boxOfPart } from '../vehicle/second-look.ts';
import type { Judged } from './hygiene-classifier.ts';

/** Below this share of the least score that counts, nothing is there; between both nothing can be told. */
const ABSENT_SHARE = 0.5;

/** A network that finds the things which show a violation, such as a phone in a hand. One call at a time. */
export class HygieneFinder {
  readonly manifest: FinderManifest;
  readonly #network: DetectorNetwork<string>;

  private constructor(manifest: FinderManifest, network: DetectorNetwork<string>) {
    this.manifest = manifest;
    this.#network = network;
  }

  /**
   * Loads the network and tries it: hash, layers and shapes are right when this returns.
   * @throws {AppError} `MODEL_*`
   */
  static async open(registry: ModelRegistry, manifest: FinderManifest): Promise<HygieneFinder> {
    const leastScore: Record<string, number> = {};
    for (const { shows, least } of Object.values(manifest.items))
      for (const name of shows)
        leastScore[name] = Math.min(leastScore[name] ?? Number.POSITIVE_INFINITY, least * ABSENT_SHARE);
    const labels = manifest.classes.map((name) => (Object.hasOwn(leastScore, name) ? name : undefined));
    return new HygieneFinder(manifest, await DetectorNetwork.open(manifest, registry, { labels, leastScore }));
  }

  /**
   * What the regions show of an item.
   * @returns with the thing that was found, in 0..1 of the picture; undefined: none
   * @throws {TypeError} when it does not judge the item
   */
  async find(
    picture: Picture,
    regions: readonly PixelRectangle[],
    item: string,
  ): Promise<Judged & { readonly box: Box | undefined }> {
    const judged = this.manifest.items[item];
    if (!judged) throw new TypeError(`not an item of this finder: ${item}`);
    let best: { readonly score: number; readonly box: Box } | undefined;
    for (const region of regions) {
      const found = await this.#network.look(picture, region);
      const thing = found.find(({ label }) => judged.shows.includes(label));
      if (thing && thing.score > (best?.score ?? 0))
        best = { score: thing.score, box: boxOfPart(thing.box, region, picture) };
    }
    const score = best?.score ?? 0;
    const state =
      score >= judged.least ? 'violation' : score < judged.least * ABSENT_SHARE ? ('fine' as const) : 'unknown';
    return { state, score, fineScore: 1 - score, box: state === 'violation' ? best?.box : undefined };
  }

  async close(): Promise<void> {
    await this.#network.close();
  }
}
