import './map.css';
import { useEffect, useRef, useState } from 'react';
import type { MapArea } from '#api/contract/sightings.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import type { CameraGlMap } from './gl-map.ts';
import { areaBetween, type MapScene } from './map-scene.ts';
import { type PlaceFinder, SvgMap } from './svg-map.tsx';
import { useAreaDrawing } from './use-area-drawing.ts';

interface CameraMapProps {
  readonly scene: MapScene;
  onHover: (cameraId: string | undefined) => void;
  onPick: (cameraId: string) => void;
  /** A part of the map was drawn. Without it nothing can be drawn. */
  onArea?: (area: MapArea | undefined) => void;
}

/** MapLibre where WebGL works, else a still drawing of the same. The library is loaded only here. */
export function CameraMap({ scene, onHover, onPick, onArea }: CameraMapProps) {
  const { say } = useText();
  const holder = useRef<HTMLDivElement>(null);
  const map = useRef<CameraGlMap>(undefined);
  const finder = useRef<PlaceFinder>(null);
  const [isPlain, setPlain] = useState(false);
  const hands = useRef({ onHover, onPick });
  const latest = useRef(scene);
  useEffect(() => {
    hands.current = { onHover, onPick };
    latest.current = scene;
    map.current?.show(scene);
  });
  useEffect(() => {
    let isGone = false;
    const start = async (): Promise<void> => {
      const { CameraGlMap: GlMap, isWebglThere } = await import('./gl-map.ts');
      if (isGone || !holder.current) return;
      if (!isWebglThere()) return setPlain(true);
      map.current = new GlMap(holder.current, {
        onHover: (id) => hands.current.onHover(id),
        onPick: (id) => hands.current.onPick(id),
      });
      map.current.show(latest.current);
    };
    start().catch(() => {
      if (!isGone) setPlain(true);
    });
    const observer = new MutationObserver(() => map.current?.recolour());
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      isGone = true;
      observer.disconnect();
      map.current?.close();
      map.current = undefined;
    };
  }, []);
  const placeAt = (x: number, y: number) => map.current?.placeAt(x, y) ?? finder.current?.placeAt(x, y);
  const drawing = useAreaDrawing((from, to) => {
    const one = placeAt(from.x, from.y);
    const other = placeAt(to.x, to.y);
    if (one && other) onArea?.(areaBetween(one, other));
  });
  return (
    <div
      className={`map-frame${drawing.isArmed ? ' drawing' : ''}`}
      data-testid="map"
      {...(onArea ? drawing.handlers : {})}
    >
      {isPlain ? (
        <SvgMap scene={scene} finder={finder} onHover={onHover} onPick={onPick} />
      ) : (
        <div ref={holder} className="map-canvas" data-testid="gl-map" />
      )}
      {drawing.box && <div className="map-rubber" style={drawing.box} />}
      {onArea && (
        <div className="map-tools">
          <button
            type="button"
            className="button small-button"
            aria-pressed={drawing.isArmed}
            data-testid="map-draw"
            title={say('map.drawAbout')}
            onClick={() => drawing.setArmed(!drawing.isArmed)}
          >
            <Icon name="boxes" size={16} />
            {say(drawing.isArmed ? 'map.drawing' : 'map.draw')}
          </button>
          {scene.area && (
            <button type="button" className="button small-button" onClick={() => onArea(undefined)}>
              <Icon name="close" size={15} />
              {say('map.clearArea')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
