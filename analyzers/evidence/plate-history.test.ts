import { describe, expect, it } from 'vitest';
import type { PlateReading } from '../detection.ts';
import { PlateHistory } from './plate-history.ts';

const PICTURE_WIDTH_PX = 1000;

function reading(text: string, widthPx: number, sharpness: number, confidence = 0.9): PlateReading {
  return {
    text,
    kind: 'standard',
    confidence,
    colour: 'blue',
    sharpness,
    box: { x: 0.4, y: 0.4, width: widthPx / PICTURE_WIDTH_PX, height: 0.03 },
    vehicleIndex: 0,
    alternatives: [],
    characterConfidences: [],
  };
}

describe('PlateHistory', () => {
  it('keeps the frames that show the plate best, by size and by sharpness', () => {
    const history = new PlateHistory();
    history.add(reading('large and sharp', 120, 0.9), 0.3, PICTURE_WIDTH_PX);
    history.add(reading('large, blurred', 120, 0.1), 0.3, PICTURE_WIDTH_PX);
    history.add(reading('small and sharp', 40, 0.9), 0.3, PICTURE_WIDTH_PX);
    for (let i = 0; i < 10; i++) history.add(reading('middling', 100, 0.6), 0.3, PICTURE_WIDTH_PX);
    const kept = history.ballots.map((ballot) => ballot.reading.text);
    expect(kept[0]).toBe('large and sharp');
    expect(kept).toHaveLength(8);
    expect(kept).not.toContain('large, blurred');
    expect(kept).not.toContain('small and sharp');
  });

  it('looks no further once four frames are sure of the same', () => {
    const history = new PlateHistory();
    for (let i = 0; i < 3; i++) history.add(reading('皖A12345', 100, 0.8), 0.3, PICTURE_WIDTH_PX);
    history.add(reading('皖A12346', 100, 0.8, 0.5), 0.3, PICTURE_WIDTH_PX);
    expect(history.isKnownWellEnough(0.3)).toBe(false);
    history.add(reading('皖A12345', 100, 0.8), 0.3, PICTURE_WIDTH_PX);
    expect(history.isKnownWellEnough(0.3)).toBe(true);
  });

  it('waits for a larger view after looks that found nothing, and stops after many readings', () => {
    const history = new PlateHistory();
    for (let i = 0; i < 4; i++) history.add(undefined, 0.1, PICTURE_WIDTH_PX);
    expect(history.isKnownWellEnough(0.1)).toBe(true);
    expect(history.isKnownWellEnough(0.2)).toBe(false);
    for (let i = 0; i < 30; i++) history.add(reading(`unsure ${i}`, 90, 0.5, 0.3), 0.2, PICTURE_WIDTH_PX);
    expect(history.isKnownWellEnough(0.5)).toBe(true);
  });
});
