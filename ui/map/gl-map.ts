import 'maplibre-gl/dist/maplibre-gl.css';
import { type GeoJSONSource, Map as GlMap, Marker, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { arrowImage, mapStyle } from './gl-style.ts';
import { markerElement, noteElement, updateMarker } from './map-marks.ts';
import { type MapCamera, type MapScene, middleOf, mostNames, type Place, roadLines, sceneBounds } from './map-scene.ts';

setWorkerUrl(workerUrl);

export interface MapHands {
  onHover: (cameraId: string | undefined) => void;
  onPick: (cameraId: string) => void;
}

interface Line {
  readonly points: readonly Place[];
  readonly properties: Readonly<Record<string, boolean>>;
}

/** So many places with passes are elements with a name; more would hide the map, and are dots. */
const mostMarkers = 80;

/** The map on WebGL: pans and zooms. Where something passed there are HTML marks, so they can be read, hovered and focused. */
export class CameraGlMap {
  readonly #map: GlMap;
  readonly #hands: MapHands;
  readonly #markers = new Map<string, Marker>();
  #notes: Marker[] = [];
  #scene: MapScene | undefined;
  #drawn: { roads?: MapScene['roads'] | null; cameras?: string; legs?: string } = {};
  #shown = '';
  #isReady = false;

  constructor(container: HTMLElement, hands: MapHands) {
    this.#hands = hands;
    this.#map = new GlMap({
      container,
      style: mapStyle(),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      // Shift and drag draws the part to be searched.
      boxZoom: false,
      maxPitch: 0,
      fadeDuration: 0,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.on('load', () => this.#begin());
    this.#map.on('mousemove', 'cameras', (event) => {
      const id: unknown = event.features?.[0]?.properties['cameraId'];
      if (typeof id === 'string') this.#hands.onHover(id);
    });
    this.#map.on('mouseleave', 'cameras', () => this.#hands.onHover(undefined));
    this.#map.on('click', 'cameras', (event) => {
      const id: unknown = event.features?.[0]?.properties['cameraId'];
      if (typeof id === 'string') this.#hands.onPick(id);
    });
  }

  close(): void {
    this.#map.remove();
  }

  recolour(): void {
    this.#isReady = false;
    this.#map.setStyle(mapStyle());
    this.#map.once('styledata', () => this.#begin());
  }

  /** The place under a pixel of the container. */
  placeAt(x: number, y: number): Place {
    const { lng, lat } = this.#map.unproject([x, y]);
    return [lng, lat];
  }

  show(scene: MapScene): void {
    this.#scene = scene;
    if (!this.#isReady) return;
    this.#showLines(scene);
    this.#showCameras(scene);
    const bounds = sceneBounds(scene);
    // The view follows only what is asked about; hovering must not move it.
    const key = JSON.stringify(bounds);
    if (!bounds || key === this.#shown) return;
    const isFirst = this.#shown === '';
    this.#shown = key;
    const isStill = isFirst || window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#map.fitBounds([bounds.west, bounds.south, bounds.east, bounds.north], {
      padding: 56,
      maxZoom: 16,
      duration: isStill ? 0 : 150,
    });
  }

  #begin(): void {
    const image = arrowImage();
    if (image && !this.#map.hasImage('arrow')) this.#map.addImage('arrow', image, { pixelRatio: 2 });
    this.#drawn = {};
    this.#isReady = true;
    if (this.#scene) this.show(this.#scene);
  }

  #showLines(scene: MapScene): void {
    if (this.#drawn.roads !== scene.roads || this.#drawn.roads === undefined) {
      this.#drawn.roads = scene.roads ?? null;
      const roads = roadLines(scene.roads);
      this.#setLines(
        'roads',
        roads.map(({ points, isMajor, isWater }) => ({ points, properties: { isMajor, isWater } })),
      );
    }
    const legs = JSON.stringify([scene.legs, scene.area]);
    if (this.#drawn.legs === legs) return;
    this.#drawn.legs = legs;
    this.#setLines(
      'legs',
      scene.legs.map(({ points, isImplausible, isRoute, isHighlighted }) => ({
        points,
        properties: { isImplausible, isRoute, isHighlighted },
      })),
    );
    this.#setArea(scene);
    for (const note of this.#notes) note.remove();
    this.#notes = scene.legs.flatMap((leg) => {
      const middle = leg.note === undefined ? undefined : middleOf(leg.points);
      if (!middle) return [];
      return [new Marker({ element: noteElement(leg) }).setLngLat([middle[0], middle[1]]).addTo(this.#map)];
    });
  }

  #setLines(name: string, lines: readonly Line[]): void {
    void this.#map.getSource<GeoJSONSource>(name)?.setData({
      type: 'FeatureCollection',
      features: lines.map(({ points, properties }) => ({
        type: 'Feature',
        properties,
        geometry: { type: 'LineString', coordinates: points.map(([longitude, latitude]) => [longitude, latitude]) },
      })),
    });
  }

  #setArea({ area }: MapScene): void {
    const ring = area && [
      [area.west, area.south],
      [area.east, area.south],
      [area.east, area.north],
      [area.west, area.north],
      [area.west, area.south],
    ];
    void this.#map.getSource<GeoJSONSource>('area')?.setData({
      type: 'FeatureCollection',
      features: ring ? [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }] : [],
    });
  }

  #showCameras(scene: MapScene): void {
    const marked = markedCameras(scene);
    const isMarked = new Set(marked.map((camera) => camera.cameraId));
    const dots = scene.cameras.filter((camera) => !isMarked.has(camera.cameraId));
    const key = dots.map((camera) => `${camera.cameraId} ${camera.place.join()} ${camera.passes > 0}`).join(';');
    if (this.#drawn.cameras !== key) {
      this.#drawn.cameras = key;
      void this.#map.getSource<GeoJSONSource>('cameras')?.setData({
        type: 'FeatureCollection',
        features: dots.map(({ cameraId, place, passes }) => ({
          type: 'Feature',
          properties: { cameraId, isHit: passes > 0 },
          geometry: { type: 'Point', coordinates: [place[0], place[1]] },
        })),
      });
    }
    for (const [id, marker] of this.#markers) {
      if (isMarked.has(id)) continue;
      marker.remove();
      this.#markers.delete(id);
    }
    const isNamed = marked.filter((camera) => camera.passes > 0).length <= mostNames;
    for (const camera of marked) {
      const known = this.#markers.get(camera.cameraId);
      const marker = known ?? new Marker({ element: markerElement(camera, this.#hands) });
      this.#markers.set(camera.cameraId, marker);
      marker.setLngLat([camera.place[0], camera.place[1]]);
      if (!known) marker.addTo(this.#map);
      updateMarker(marker.getElement(), camera, camera.cameraId === scene.highlightedCamera, isNamed);
    }
  }
}

/** Where something passed, and what is pointed at; all cameras where there are few. */
function markedCameras(scene: MapScene): readonly MapCamera[] {
  if (scene.cameras.length <= mostMarkers) return scene.cameras;
  const hits = scene.cameras.filter((camera) => camera.passes > 0);
  const pointed = scene.cameras.filter((camera) => camera.cameraId === scene.highlightedCamera);
  return hits.length > mostMarkers ? pointed : [...new Set([...hits, ...pointed])];
}

export function isWebglThere(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}
