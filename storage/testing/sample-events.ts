import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { KitchenViolation, PlateEvidence, VehicleSighting } from '#analyzers/analysis-event.ts';
import type { CameraInput } from '../cameras/camera-repository.ts';

const BOX = { x: 0.25, y: 0.5, width: 0.125, height: 0.25 };

export function samplePlate(text: string, changes: Partial<PlateEvidence> = {}): PlateEvidence {
  return {
    text,
    confidence: 0.9,
    colour: 'blue',
    alternatives: [],
    characterConfidences: Array.from(text, () => 0.9),
    framesRead: 5,
    framesAgreeing: 4,
    ...changes,
  };
}

/** A sighting of a car; without a plate unless one is given. */
export function sampleSighting(changes: Partial<VehicleSighting> = {}): VehicleSighting {
  const timeMs = changes.timeMs ?? Date.now();
  const eventId = changes.eventId ?? uuidv7(timeMs);
  return {
    eventId,
    schemaVersion: 1,
    timeMs,
    cameraId: 'cam-1',
    kind: 'vehicle.sighting',
    trackId: 'track-1',
    firstSeenMs: timeMs - 1000,
    lastSeenMs: timeMs + 1000,
    vehicleType: 'car',
    score: 0.875,
    box: BOX,
    pictureKey: `evidence/${eventId}.jpg`,
    ...changes,
  };
}

export function sampleViolation(changes: Partial<KitchenViolation> = {}): KitchenViolation {
  const timeMs = changes.timeMs ?? Date.now();
  return {
    eventId: uuidv7(timeMs),
    schemaVersion: 1,
    timeMs,
    cameraId: 'kitchen-1',
    kind: 'kitchen.violation',
    violationId: uuidv7(timeMs),
    phase: 'opened',
    item: 'bin_open',
    ruleId: 'rule-1',
    score: 0.75,
    box: BOX,
    sinceMs: timeMs - 5000,
    pictureKey: 'evidence/kitchen.jpg',
    ...changes,
  };
}

export function sampleCamera(changes: Partial<CameraInput> = {}): CameraInput {
  return {
    name: 'North gate',
    number: 'N-001',
    area: 'Old town',
    scene: 'road',
    latitude: 39.9,
    longitude: 116.4,
    streams: [{ kind: 'main', url: 'rtsp://192.0.2.1/main' }],
    username: 'viewer',
    password: 'a secret of the camera',
    transport: 'auto',
    isRecording: true,
    analysis: { mode: 'keyframes' },
    rules: [],
    ...changes,
  };
}
