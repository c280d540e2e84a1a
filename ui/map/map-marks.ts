import type { MapCamera, MapLeg } from './map-scene.ts';

interface Hands {
  onHover: (cameraId: string | undefined) => void;
  onPick: (cameraId: string) => void;
}

/** A camera as a button on the map: a dot, or its numbers on a trajectory, with its name beside it. */
export function markerElement(camera: MapCamera, hands: Hands): HTMLElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'map-marker';
  element.append(document.createElement('span'), document.createElement('span'));
  element.addEventListener('pointerenter', () => hands.onHover(camera.cameraId));
  element.addEventListener('pointerleave', () => hands.onHover(undefined));
  element.addEventListener('click', () => hands.onPick(camera.cameraId));
  return element;
}

/** @param isNamed its name is seen without being pointed at; with many marks names would hide the map */
export function updateMarker(element: HTMLElement, camera: MapCamera, isHighlighted: boolean, isNamed: boolean): void {
  const [order, label] = element.children;
  const name = camera.times === undefined ? camera.name : `${camera.name} ${camera.times}`;
  element.setAttribute('aria-label', name);
  element.dataset['camera'] = camera.cameraId;
  element.classList.toggle('hit', camera.passes > 0);
  element.classList.toggle('numbered', camera.order !== undefined);
  element.classList.toggle('highlighted', isHighlighted);
  element.classList.toggle('named', isNamed && camera.passes > 0);
  if (order) order.className = 'map-marker-order';
  if (order && order.textContent !== (camera.order ?? '')) order.textContent = camera.order ?? '';
  if (label) label.className = 'map-marker-label';
  if (label && label.textContent !== name) label.textContent = name;
}

/** What is to be said of a leg, at its middle. */
export function noteElement(leg: MapLeg): HTMLElement {
  const element = document.createElement('div');
  element.className = `map-note${leg.isImplausible ? ' implausible' : ''}${leg.isStop ? ' is-stop' : ''}`;
  element.textContent = leg.note ?? '';
  return element;
}
