import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';

/** Colours come from the page's variables, through a canvas, as the map library does not read oklch. */
function colour(name: string): string {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!context) return '#888';
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${red},${green},${blue})`;
}

const emptyLayer = { type: 'FeatureCollection' as const, features: [] };

/** Background, roads, legs, the area and cameras, all from our own data: no tiles, fonts or pictures of anyone else. */
export function mapStyle(): StyleSpecification {
  const source = { type: 'geojson' as const, data: emptyLayer };
  const line = { 'line-cap': 'round' as const, 'line-join': 'round' as const };
  const legWidth: ExpressionSpecification = ['case', ['get', 'isHighlighted'], 6, 3.5];
  return {
    version: 8,
    sources: { roads: source, legs: source, area: source, cameras: source },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colour('--map-ground') } },
      {
        id: 'water',
        type: 'line',
        source: 'roads',
        filter: ['get', 'isWater'],
        layout: line,
        paint: {
          'line-color': colour('--map-water'),
          'line-width': ['interpolate', ['linear'], ['zoom'], 11, 4, 16, 34],
        },
      },
      {
        id: 'roads',
        type: 'line',
        source: 'roads',
        filter: ['!', ['get', 'isWater']],
        layout: line,
        paint: {
          'line-color': ['case', ['get', 'isMajor'], colour('--map-road-major'), colour('--map-road')],
          'line-width': [
            'interpolate',
            ['linear'],
            ['zoom'],
            11,
            ['case', ['get', 'isMajor'], 2, 1],
            16,
            ['case', ['get', 'isMajor'], 9, 5],
          ],
        },
      },
      {
        id: 'area-fill',
        type: 'fill',
        source: 'area',
        paint: { 'fill-color': colour('--accent'), 'fill-opacity': 0.12 },
      },
      {
        id: 'area-edge',
        type: 'line',
        source: 'area',
        paint: { 'line-color': colour('--accent'), 'line-width': 1.5, 'line-dasharray': [3, 2] },
      },
      {
        id: 'cameras',
        type: 'circle',
        source: 'cameras',
        paint: {
          'circle-color': ['case', ['get', 'isHit'], colour('--accent'), colour('--text-3')],
          'circle-radius': [
            'interpolate',
            ['linear'],
            ['zoom'],
            10,
            ['case', ['get', 'isHit'], 3, 1.2],
            15,
            ['case', ['get', 'isHit'], 7, 4.5],
          ],
          'circle-stroke-color': colour('--map-ground'),
          'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 11, 0, 14, 1.5],
        },
      },
      {
        id: 'legs-edge',
        type: 'line',
        source: 'legs',
        layout: line,
        paint: { 'line-color': colour('--map-ground'), 'line-width': 8 },
      },
      {
        id: 'legs',
        type: 'line',
        source: 'legs',
        filter: ['all', ['!', ['get', 'isImplausible']], ['get', 'isRoute']],
        layout: line,
        paint: { 'line-color': colour('--accent'), 'line-width': legWidth },
      },
      {
        id: 'straight',
        type: 'line',
        source: 'legs',
        filter: ['all', ['!', ['get', 'isImplausible']], ['!', ['get', 'isRoute']]],
        layout: { 'line-join': 'round' },
        paint: { 'line-color': colour('--accent'), 'line-width': legWidth, 'line-dasharray': [2.5, 1] },
      },
      {
        id: 'implausible',
        type: 'line',
        source: 'legs',
        filter: ['get', 'isImplausible'],
        layout: { 'line-join': 'round' },
        paint: { 'line-color': colour('--bad'), 'line-width': legWidth, 'line-dasharray': [1.2, 0.8] },
      },
      {
        id: 'arrows',
        type: 'symbol',
        source: 'legs',
        layout: {
          'symbol-placement': 'line',
          'symbol-spacing': 90,
          'icon-image': 'arrow',
          'icon-allow-overlap': true,
          'icon-rotation-alignment': 'map',
        },
      },
    ],
  };
}

/** A white arrow head pointing along the line. */
export function arrowImage(): ImageData | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = 28;
  canvas.height = 28;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.fillStyle = '#fff';
  context.strokeStyle = '#111';
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(6, 4);
  context.lineTo(25, 14);
  context.lineTo(6, 24);
  context.lineTo(11, 14);
  context.closePath();
  context.fill();
  context.stroke();
  return context.getImageData(0, 0, 28, 28);
}
