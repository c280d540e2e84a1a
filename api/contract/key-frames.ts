import Type, { type Static } from 'typebox';
import { MAX_KEY_FRAMES } from './packed-key-frames.ts';

/**
 * POST /api/live/key-frames: the newest key frame of each of these cameras, as it came from the camera, for pages that
 * decode it themselves. The answer is one after the other of {@link packKeyFrame}, each as soon as it is there, in no
 * order; a camera that is not here, or has no whole picture yet, has none in it.
 */
export const KeyFramesRequest = Type.Object({
  cameras: Type.Array(
    Type.Object({
      cameraId: Type.String({ minLength: 1, maxLength: 64 }),
      /** Of the sub-stream where the camera has one; else of the stream that suits most. */
      stream: Type.Union([Type.Literal('main'), Type.Literal('sub')]),
    }),
    { minItems: 1, maxItems: MAX_KEY_FRAMES },
  ),
});
export type KeyFramesRequest = Static<typeof KeyFramesRequest>;
