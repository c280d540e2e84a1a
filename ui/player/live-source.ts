/** One way of bringing a camera's live picture into a video element. */
export interface LiveSource {
  close(): void;
  /**
   * Wall time of the picture at this media time, epoch ms; undefined where the way does not tell.
   * @param mediaSeconds `mediaTime` of the frame as the browser reports it
   */
  pictureTimeMs(mediaSeconds: number): number | undefined;
  /** Whether a way for media stands; then only the next key frame is waited for. */
  readonly isConnected: boolean;
}

export interface LiveSourceEvents {
  /** The source is dead, with the code of why; the session closes it and tries again. */
  onFailed: (code: string) => void;
}

export type LiveWay = 'webrtc' | 'fmp4';
