import type { Camera } from '../cameras/camera.ts';
import { cameraId } from '../media.ts';
import { recordingPolicy } from '../recorder/recording-policy.ts';

/** A camera with one stream, recorded all the time and not analysed. */
export function testCamera(id: string, url: string, changes: Partial<Camera> = {}): Camera {
  return {
    id: cameraId(id),
    name: id,
    number: '1',
    area: '',
    scene: 'road',
    latitude: undefined,
    longitude: undefined,
    streams: [{ kind: 'main', url }],
    username: undefined,
    password: undefined,
    recording: recordingPolicy({ mode: 'continuous' }),
    analysis: { mode: 'off' },
    rules: [],
    ...changes,
  };
}
