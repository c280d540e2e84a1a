import { useRef, useState } from 'react';
import type { Box } from '#api/contract/common.ts';
import { boxRectangle, pictureRectangle } from '../player/overlay-geometry.ts';
import { Icon } from './icon.tsx';
import { useText } from './i18n.ts';
import { useSize } from './use-size.ts';

interface FramedPictureProps {
  readonly url: string | undefined;
  readonly box?: Box;
  readonly alt: string;
  readonly tone?: 'accent' | 'bad';
  readonly fit?: 'contain' | 'cover';
  readonly testId?: string;
}

/** A stored picture with the frame around what it is about. */
export function FramedPicture({ url, box, alt, tone = 'accent', fit = 'contain', testId }: FramedPictureProps) {
  const { say } = useText();
  const holder = useRef<HTMLDivElement>(null);
  const size = useSize(holder);
  const [picture, setPicture] = useState({ width: 0, height: 0 });
  const [failedUrl, setFailedUrl] = useState<string>();
  const frame = box && picture.width > 0 ? boxRectangle(box, pictureRectangle(size, picture, fit)) : undefined;
  return (
    <div ref={holder} className="framed">
      {url && failedUrl !== url ? (
        <img
          src={url}
          alt={alt}
          style={{ objectFit: fit }}
          data-testid={testId}
          onLoad={(event) =>
            setPicture({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
          }
          onError={() => setFailedUrl(url)}
        />
      ) : (
        <div className="framed-none muted small">
          <Icon name="video" />
          {say('common.noPicture')}
        </div>
      )}
      {frame && (
        <div
          className={`frame ${tone}`}
          style={{ left: frame.x, top: frame.y, width: frame.width, height: frame.height }}
        />
      )}
    </div>
  );
}
