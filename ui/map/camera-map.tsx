import './map.css';
import { useEffect, useRef, useState } from 'react';
import type { CameraGlMap } from './gl-map.ts';
import type { MapScene } from './map-scene.ts';
import { SvgMap } from './svg-map.tsx';

interface CameraMapProps {
  readonly scene: MapScene;
  onHover: (cameraId: string | undefined) => void;
  onPick: (cameraId: string) => void;
}

/** MapLibre where WebGL works, else a still drawing of the same. The library is loaded only here. */
export function CameraMap({ scene, onHover, onPick }: CameraMapProps) {
  const holder = useRef<HTMLDivElement>(null);
  const map = useRef<CameraGlMap>(undefined);
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
  if (isPlain) return <SvgMap scene={scene} onHover={onHover} onPick={onPick} />;
  return <div ref={holder} className="map-canvas" data-testid="gl-map" />;
}
