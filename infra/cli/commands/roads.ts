import type { Command } from 'commander';

interface ImportOptions {
  readonly data?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('roads')
    .description('the road network: the base map, and which way a vehicle can have taken')
    .command('import <file>')
    .description(
      'replace the roads by the LineStrings of a GeoJSON file (kind or highway, maxspeed, oneway, level or layer; as exported from OpenStreetMap)',
    )
    .option('--data <folder>', 'data folder of the server (default: VANTAGE_DATA_DIR, else `data` beside the launcher)')
    .option('--json', 'print the counts as one JSON object')
    .action(async (file: string, options: ImportOptions) => {
      const { importRoads } = await import('../../roads/import-roads.ts');
      const counts = await importRoads(file, options.data);
      if (options.json) console.log(JSON.stringify(counts));
      else console.log(`${counts.roads} roads, ${counts.nodes} crossings and bends, ${counts.segments} stretches`);
    });
}
