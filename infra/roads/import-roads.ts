import { readFile } from 'node:fs/promises';
import { buildRoadNetwork, roadLinesOf } from '#storage/roads/road-network.ts';
import { roadErrors } from './errors.ts';
import { withStorage } from '../processes/with-storage.ts';

export interface RoadCounts {
  readonly roads: number;
  readonly nodes: number;
  readonly segments: number;
}

/**
 * Replaces the base map and the road network by the lines of a GeoJSON file.
 * @throws {AppError} `ROADS_UNREADABLE`, and what the storage throws
 */
export async function importRoads(file: string, dataFolder: string | undefined): Promise<RoadCounts> {
  let layer: unknown;
  try {
    layer = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw roadErrors.ROADS_UNREADABLE({ file }, cause);
  }
  const features =
    typeof layer === 'object' && layer !== null && 'features' in layer && Array.isArray(layer.features)
      ? layer.features
      : [];
  const lines = roadLinesOf(features);
  const network = buildRoadNetwork(lines);
  if (network.segments.length === 0) throw roadErrors.ROADS_UNREADABLE({ file });
  await withStorage({ dataFolder }, async (storage) => {
    await storage.map.put({ type: 'FeatureCollection', features });
    await storage.roads.put(network);
  });
  return { roads: lines.length, nodes: network.nodes.length, segments: network.segments.length };
}
