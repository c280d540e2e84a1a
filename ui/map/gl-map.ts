import 'maplibre-gl/dist/maplibre-gl.css';
import { type GeoJSONSource, Map as GlMap, Marker, setWorkerUrl, type StyleSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { type MapScene, roadLines, sceneBounds } from './map-scene.ts';

setWorkerUrl(workerUrl);

interface Hands {
  onHover: (cameraId: string | undefined) => void;
  onPick: (cameraId: string) => void;
}

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

/** Background, roads and legs, all from our own data: no tiles, fonts or pictures of anyone else. */
function style(): StyleSpecification {
  const source = { type: 'geojson' as const, data: emptyLayer };
  const line = { 'line-cap': 'round' as const, 'line-join': 'round' as const };
  return {
    version: 8,
    sources: { roads: source, legs: source },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colour('--map-ground') } },
      {
        id: 'roads',
        type: 'line',
        source: 'roads',
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
        id: 'legs',
        type: 'line',
        source: 'legs',
        filter: ['!', ['get', 'isImplausible']],
        layout: line,
        paint: { 'line-color': colour('--accent'), 'line-width': 3 },
      },
      {
        id: 'implausible',
        type: 'line',
        source: 'legs',
        filter: ['get', 'isImplausible'],
        layout: line,
        paint: { 'line-color': colour('--bad'), 'line-width': 3, 'line-dasharray': [1.5, 1.5] },
      },
      {
        id: 'arrows',
        type: 'symbol',
        source: 'legs',
        layout: {
          'symbol-placement': 'line-center',
          'icon-image': 'arrow',
          'icon-allow-overlap': true,
          'icon-rotation-alignment': 'map',
        },
      },
    ],
  };
}

/** A white arrow head pointing along the line. */
function arrow(): ImageData | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = 32;
  canvas.height = 32;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.fillStyle = '#fff';
  context.strokeStyle = '#111';
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(6, 5);
  context.lineTo(28, 16);
  context.lineTo(6, 27);
  context.closePath();
  context.fill();
  context.stroke();
  return context.getImageData(0, 0, 32, 32);
}

/** The map on WebGL: pans and zooms; cameras are HTML, so they can be read, hovered and focused. */
export class CameraGlMap {
  readonly #map: GlMap;
  readonly #hands: Hands;
  readonly #markers = new Map<string, Marker>();
  #scene: MapScene | undefined;
  #shown = '';
  #isReady = false;

  constructor(container: HTMLElement, hands: Hands) {
    this.#hands = hands;
    this.#map = new GlMap({
      container,
      style: style(),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      fadeDuration: 0,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.on('load', () => {
      const image = arrow();
      if (image) this.#map.addImage('arrow', image, { pixelRatio: 2 });
      this.#isReady = true;
      if (this.#scene) this.show(this.#scene);
    });
  }

  close(): void {
    this.#map.remove();
  }

  recolour(): void {
    this.#isReady = false;
    this.#map.setStyle(style());
    this.#map.once('styledata', () => {
      const image = arrow();
      if (image && !this.#map.hasImage('arrow')) this.#map.addImage('arrow', image, { pixelRatio: 2 });
      this.#isReady = true;
      if (this.#scene) this.show(this.#scene);
    });
  }

  show(scene: MapScene): void {
    this.#scene = scene;
    if (!this.#isReady) return;
    this.#setLines(
      'roads',
      roadLines(scene.roads).map((road) => ({ points: road.points, properties: { isMajor: road.isMajor } })),
    );
    this.#setLines(
      'legs',
      scene.legs.map((leg) => ({ points: [leg.from, leg.to], properties: { isImplausible: leg.isImplausible } })),
    );
    this.#setCameras(scene);
    const bounds = sceneBounds(scene);
    // The view follows only what is asked about; hovering must not move it.
    const key = JSON.stringify(bounds);
    if (!bounds || key === this.#shown) return;
    const isFirst = this.#shown === '';
    this.#shown = key;
    const isStill = isFirst || window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#map.fitBounds([bounds.west, bounds.south, bounds.east, bounds.north], {
      padding: 48,
      maxZoom: 16,
      duration: isStill ? 0 : 150,
    });
  }

  #setLines(
    name: string,
    lines: { points: readonly (readonly [number, number])[]; properties: Record<string, boolean> }[],
  ): void {
    const source = this.#map.getSource<GeoJSONSource>(name);
    void source?.setData({
      type: 'FeatureCollection',
      features: lines.map(({ points, properties }) => ({
        type: 'Feature',
        properties,
        geometry: { type: 'LineString', coordinates: points.map(([longitude, latitude]) => [longitude, latitude]) },
      })),
    });
  }

  #setCameras(scene: MapScene): void {
    const wanted = new Set(scene.cameras.map((camera) => camera.cameraId));
    for (const [id, marker] of this.#markers) {
      if (wanted.has(id)) continue;
      marker.remove();
      this.#markers.delete(id);
    }
    for (const camera of scene.cameras) {
      const known = this.#markers.get(camera.cameraId);
      const marker = known ?? this.#newMarker(camera.cameraId, camera.name);
      marker.setLngLat([camera.place[0], camera.place[1]]);
      if (!known) marker.addTo(this.#map);
      const element = marker.getElement();
      element.classList.toggle('hit', camera.passes > 0);
      element.classList.toggle('highlighted', camera.cameraId === scene.highlightedCamera);
    }
  }

  #newMarker(cameraId: string, name: string): Marker {
    const element = document.createElement('button');
    element.type = 'button';
    element.className = 'map-marker';
    element.setAttribute('aria-label', name);
    const label = document.createElement('span');
    label.className = 'map-marker-label';
    label.textContent = name;
    element.append(label);
    element.addEventListener('pointerenter', () => this.#hands.onHover(cameraId));
    element.addEventListener('pointerleave', () => this.#hands.onHover(undefined));
    element.addEventListener('click', () => this.#hands.onPick(cameraId));
    const marker = new Marker({ element });
    this.#markers.set(cameraId, marker);
    return marker;
  }
}

export function isWebglThere(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}
