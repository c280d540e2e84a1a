import { sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import { type Database, toMs } from '../database.ts';
import { RoadGraph } from './road-graph.ts';
import type { RoadNetwork } from './road-network.ts';

/** Rows at once: each takes four or six parameters as arrays, so the bound is memory. */
const CHUNK = 20_000;
/** A graph is as old as this at most, also when only a camera was moved. */
const KEPT_FOR_MS = 60_000;

/** The road network: kept as tables, answered from memory. */
export class RoadRepository {
  readonly #db: Database;
  readonly #clock: Clock;
  #kept: { readonly stamp: string; readonly graph: RoadGraph | undefined } | undefined;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #loading: Promise<RoadGraph | undefined> | undefined;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** Replaces the network. */
  async put(network: RoadNetwork): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await sql`DELETE FROM road_segments`.execute(transaction);
      await sql`DELETE FROM road_nodes`.execute(transaction);
      for (let at = 0; at < network.nodes.length; at += CHUNK) {
        const nodes = network.nodes.slice(at, at + CHUNK);
        await sql`INSERT INTO road_nodes (node_id, longitude, latitude) SELECT * FROM unnest(
          ${nodes.map((_, index) => at + index)}::int[], ${nodes.map(([longitude]) => longitude)}::float8[],
          ${nodes.map(([, latitude]) => latitude)}::float8[])`.execute(transaction);
      }
      for (let at = 0; at < network.segments.length; at += CHUNK) {
        const segments = network.segments.slice(at, at + CHUNK);
        await sql`INSERT INTO road_segments (segment_id, from_node, to_node, distance_metres, speed_kmh, is_one_way)
          SELECT * FROM unnest(${segments.map((_, index) => at + index)}::int[],
          ${segments.map(({ from }) => from)}::int[], ${segments.map(({ to }) => to)}::int[],
          ${segments.map(({ distanceMetres }) => distanceMetres)}::real[],
          ${segments.map(({ speedKmh }) => speedKmh)}::real[],
          ${segments.map(({ isOneWay }) => isOneWay)}::boolean[])`.execute(transaction);
      }
      const updatedAt = new Date(this.#clock.nowMs());
      await transaction
        .insertInto('road_network')
        .values({ updated_at: updatedAt })
        .onConflict((conflict) => conflict.column('only_row').doUpdateSet({ updated_at: updatedAt }))
        .execute();
    });
    this.#checkedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** The network with the cameras on it, loaded when it or a camera changed; undefined when no network was put. */
  async graph(): Promise<RoadGraph | undefined> {
    if (this.#kept && this.#clock.nowMs() - this.#checkedAtMs < KEPT_FOR_MS) return this.#kept.graph;
    return (this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    }));
  }

  async #load(): Promise<RoadGraph | undefined> {
    const stamp = await this.#stamp();
    this.#checkedAtMs = this.#clock.nowMs();
    if (this.#kept?.stamp === stamp) return this.#kept.graph;
    const [nodes, segments, cameras] = await Promise.all([
      this.#db.selectFrom('road_nodes').selectAll().orderBy('node_id').execute(),
      this.#db.selectFrom('road_segments').selectAll().execute(),
      this.#db
        .selectFrom('cameras')
        .select(['camera_id', 'longitude', 'latitude'])
        .where('removed_at', 'is', null)
        .execute(),
    ]);
    const network: RoadNetwork = {
      nodes: nodes.map((node) => [node.longitude, node.latitude]),
      segments: segments.map((segment) => ({
        from: segment.from_node,
        to: segment.to_node,
        distanceMetres: segment.distance_metres,
        speedKmh: segment.speed_kmh,
        isOneWay: segment.is_one_way,
      })),
    };
    const placed = cameras.flatMap(({ camera_id, longitude, latitude }) =>
      longitude === null || latitude === null ? [] : [{ cameraId: camera_id, place: [longitude, latitude] as const }],
    );
    const graph = network.segments.length === 0 ? undefined : new RoadGraph(network, placed);
    this.#kept = { stamp, graph };
    return graph;
  }

  async #stamp(): Promise<string> {
    const [network, cameras] = await Promise.all([
      this.#db.selectFrom('road_network').select('updated_at').executeTakeFirst(),
      sql<{ stamp: string | null }>`
        SELECT md5(string_agg(concat_ws(' ', camera_id, longitude, latitude), ',' ORDER BY camera_id)) AS stamp
        FROM cameras WHERE removed_at IS NULL`.execute(this.#db),
    ]);
    return `${network ? toMs(network.updated_at) : 0} ${cameras.rows[0]?.stamp ?? ''}`;
  }
}
