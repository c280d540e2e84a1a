import { useRef } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { StillPicture } from '../../player/still-picture.tsx';
import { useLive } from '../../player/use-live.ts';
import { useStill } from '../../player/use-still.ts';
import { formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';

/** The newest picture; live where the camera can be steered, for who steers must see. */
export function CameraPicture({ camera, isLiveWanted }: { camera: Camera; isLiveWanted: boolean }) {
  const { say } = useText();
  const video = useRef<HTMLVideoElement>(null);
  const { still } = useStill(camera.id, true);
  const isWanted = isLiveWanted && camera.state.status === 'live';
  const live = useLive({ video, cameraId: camera.id, tileId: 'camera-detail', isWanted });
  const isMoving = isWanted && live.frames > 0;
  return (
    <div className="camera-detail-picture">
      {!isMoving &&
        (still ? (
          <StillPicture still={still} className="" />
        ) : (
          <span className="muted small">{say('common.noPicture')}</span>
        ))}
      {/* Never display: none, or the browser would present no picture and it would never count as moving. */}
      <video ref={video} muted playsInline className={isMoving ? '' : 'unseen'} data-frames={live.frames} />
      {!isMoving && still?.timeMs !== undefined && <time>{formatTime(still.timeMs)}</time>}
      {isMoving && <span className="camera-detail-live">{say('status.live')}</span>}
    </div>
  );
}
