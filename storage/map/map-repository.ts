import type { Clock } from '#infra/runtime/clock.ts';
import type { Database } from '../database.ts';

/** GeoJSON (RFC 7946). */
export interface MapLayer {
  readonly type: 'FeatureCollection';
  readonly features: readonly unknown[];
}

/** The base map, so that no outside tile server learns what is looked at. */
export class MapRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** An empty layer when there is none of this name. */
  async get(name = 'roads'): Promise<MapLayer> {
    const row = await this.#db.selectFrom('map_layers').select('geojson').where('name', '=', name).executeTakeFirst();
    return row ? (row.geojson as MapLayer) : { type: 'FeatureCollection', features: [] };
  }

  /** Replaces a layer. */
  async put(layer: MapLayer, name = 'roads'): Promise<void> {
    const values = { geojson: JSON.stringify(layer), updated_at: new Date(this.#clock.nowMs()) };
    await this.#db
      .insertInto('map_layers')
      .values({ name, ...values })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
      .execute();
  }
}
