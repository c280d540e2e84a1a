/** One way of bringing a camera's live picture into a video element. */
export interface LiveSource {
  close(): void;
  /**
   * Wall time of the picture at this media time, epoch ms; undefined where the way does not tell.
   * @param mediaSeconds `mediaTime` of the frame as the browser reports it
   */
  pictureTimeMs(mediaSeconds: number): number | undefined;
  /** Whether a way for media stands; then only the next key frame, or the camera, is waited for. */
  readonly isConnected: boolean;
  /** The tile cannot be seen for a while: nothing need be sent. @returns false where that means to close it */
  rest(): boolean;
  /** It is seen again. */
  wake(): void;
  /** The tile is of another size now. @returns false where that needs a new source */
  prefer(stream: LiveStream): boolean;
}

export interface LiveSourceEvents {
  /** The source is dead, with the code of why; the session closes it and tries again. */
  onFailed: (code: string) => void;
  /** It took the video element over, and its first picture is there or about to come. */
  onAttached: () => void;
}

export type LiveWay = 'webrtc' | 'fmp4';
/** The large and the small encoding of a camera. */
export type LiveStream = 'main' | 'sub';

/** What a source is opened for. */
export interface LiveRequest {
  readonly video: HTMLVideoElement;
  readonly cameraId: string;
  readonly tileId: string;
  readonly stream: LiveStream;
  /** The element shows a picture: it stays until the first one of this source is decoded. */
  readonly hasPicture: boolean;
}
