import { readFile } from 'node:fs/promises';
import { declareErrors } from '#infra/runtime/app-error.ts';
import { buildRoadNetwork, roadLinesOf } from '#storage/roads/road-network.ts';
import { withStorage } from '../processes/with-storage.ts';

export const roadErrors = declareErrors({
  ROADS_UNREADABLE: {
    kind: 'invalid_argument',
    en: 'The file holds no roads.',
    zh: '文件中没有道路数据。',
    remedyEn: 'Give a GeoJSON FeatureCollection with LineStrings in degrees (RFC 7946).',
    remedyZh: '请提供以度为单位、含 LineString 的 GeoJSON FeatureCollection（RFC 7946）。',
  },
});

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
