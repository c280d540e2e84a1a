import { PassThrough, type Readable } from 'node:stream';
import type { AccessUnit, StreamKind } from '#ingest/media.ts';
import type { CameraGateway } from './api-deps.ts';
import type { KeyFramesRequest } from './contract/key-frames.ts';
import { packKeyFrame } from './contract/packed-key-frames.ts';
import { iso } from './time-range.ts';

export interface NewestKeyFrame {
  readonly stream: StreamKind;
  readonly unit: AccessUnit;
}

/** Of the sub-stream when that is asked for and has one; else of the stream that suits most. */
export async function newestKeyFrame(
  cameras: CameraGateway,
  id: string,
  wanted: StreamKind,
): Promise<NewestKeyFrame | undefined> {
  const sub = wanted === 'sub' ? await cameras.stream(id, 'sub')?.latestKeyFrame() : undefined;
  if (sub) return { stream: 'sub', unit: sub };
  const shown = await cameras.hub(id)?.latestKeyFrame();
  return shown && { stream: 'main', unit: shown };
}

/**
 * The pictures as they are found, packed for a page that decodes them itself.
 *
 * @param noteLook the look at this camera is on disk when it resolves; else its picture is not sent
 */
export function keyFrameAnswer(
  cameras: CameraGateway,
  wanted: KeyFramesRequest['cameras'],
  noteLook: (cameraId: string) => Promise<void>,
): Readable {
  const answer = new PassThrough();
  const send = async ({ cameraId, stream }: KeyFramesRequest['cameras'][number]): Promise<void> => {
    if (!cameras.hub(cameraId)) return;
    // The picture is looked for while the look is written down.
    const [packed] = await Promise.all([pack(cameras, cameraId, stream), noteLook(cameraId)]);
    if (packed && !answer.destroyed) answer.write(packed);
  };
  // A camera that fails leaves the others be: it has no picture in the answer.
  void Promise.allSettled(wanted.map(send)).then(() => answer.end());
  return answer;
}

/** Packed at once: the memory of a picture is given away when there is a newer one. */
async function pack(cameras: CameraGateway, cameraId: string, stream: StreamKind): Promise<Uint8Array | undefined> {
  const unit = (await newestKeyFrame(cameras, cameraId, stream))?.unit;
  // A picture with holes would be shown as it is.
  if (!unit || unit.damaged || unit.sizeBytes === 0) return undefined;
  const { codecString: codec, widthPx, heightPx, vps, sps, pps } = unit.format;
  const head = { cameraId, codec, widthPx, heightPx, time: iso(unit.wallMs) };
  return packKeyFrame(head, [...(vps ? [vps] : []), sps, pps, ...unit.nalUnits]);
}
