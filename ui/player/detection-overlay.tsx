import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Box } from '#api/contract/common.ts';
import type { LiveDetections } from '#api/contract/events.ts';
import { useText } from '../shared/i18n.ts';
import { liveEvents } from '../shared/live-events.ts';
import { useSize } from '../shared/use-size.ts';
import { boxRectangle, pictureRectangle } from './overlay-geometry.ts';

/** Boxes older than this would stand where the vehicle no longer is. */
const shownMs = 2_500;

interface Mark {
  readonly key: string;
  readonly box: Box;
  readonly label: string;
  readonly tone: 'object' | 'plate' | 'hygiene';
}

function marksOf(message: LiveDetections, words: (label: string) => string): Mark[] {
  return [
    ...message.detections.map((one, index) => ({
      key: one.trackId ?? `d${index}`,
      box: one.box,
      label: words(one.label),
      tone: 'object' as const,
    })),
    ...message.plates.map((one, index) => ({
      key: `p${index}`,
      box: one.box,
      label: one.text,
      tone: 'plate' as const,
    })),
    ...message.hygiene.map((one, index) => ({
      key: `h${index}`,
      box: one.box,
      label: `${words(one.item)} ${words(one.state)}`,
      tone: 'hygiene' as const,
    })),
  ];
}

/** Thin boxes over a live picture, for the cameras they are asked for only. */
export function DetectionOverlay({ cameraId, video }: { cameraId: string; video: RefObject<HTMLVideoElement | null> }) {
  const { say } = useText();
  const holder = useRef<SVGSVGElement>(null);
  const size = useSize(holder);
  const [message, setMessage] = useState<LiveDetections>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stopWanting = liveEvents.wantDetections(cameraId);
    const stopListening = liveEvents.subscribe('detections', (next) => {
      if (next.cameraId !== cameraId) return;
      clearTimeout(timer);
      timer = setTimeout(() => setMessage(undefined), shownMs);
      setMessage(next);
    });
    return () => {
      clearTimeout(timer);
      stopWanting();
      stopListening();
    };
  }, [cameraId]);
  const words = (label: string): string => {
    switch (label) {
      case 'car':
      case 'bus':
      case 'truck':
      case 'motorcycle':
        return say(`vehicle.${label}`);
      case 'person':
        return say('detection.person');
      default:
        return label;
    }
  };
  const media = { width: video.current?.videoWidth ?? 0, height: video.current?.videoHeight ?? 0 };
  const picture = pictureRectangle(size, media, 'contain');
  return (
    <svg ref={holder} className="overlay" aria-hidden="true" data-testid="overlay">
      {message &&
        marksOf(message, words).map((mark) => {
          const place = boxRectangle(mark.box, picture);
          const labelY = place.y > 14 ? place.y - 4 : place.y + 12;
          return (
            <g key={mark.key} className={`overlay-${mark.tone}`}>
              <rect x={place.x} y={place.y} width={place.width} height={place.height} />
              <text x={place.x + 2} y={labelY}>
                {mark.label}
              </text>
            </g>
          );
        })}
    </svg>
  );
}
