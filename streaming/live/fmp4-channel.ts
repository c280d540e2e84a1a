import type { ReadableHub, StreamReader } from '#ingest/hub/readable-hub.ts';
import type { AccessUnit } from '#ingest/media.ts';
import { buildFragment, buildInitSegment } from '#ingest/recorder/fmp4-boxes.ts';
import { PictureTimes, type TimedPicture } from './picture-times.ts';

/** A connection to one viewer, as the channel needs it. */
export interface ViewerSocket {
  sendText(text: string): void;
  sendBinary(data: Uint8Array): void;
  /** Bytes handed over and not yet on the wire. */
  readonly bufferedBytes: number;
}

/** More than this waiting for the network: the viewer is too slow, and picks up again at the next key frame. */
export const MAX_BUFFERED_BYTES = 2_000_000;

/**
 * Live pictures where WebRTC cannot go: an init segment, then a fragment per access unit, for Media Source Extensions.
 * Begins with the hub's current GOP, so that the first picture is there at once; the player then catches up.
 *
 * A fragment goes out when the next unit has come, since only then its duration is known.
 * @see ISO/IEC 14496-12 §8.8, W3C 'ISO BMFF Byte Stream Format'
 */
export class Fmp4Channel implements StreamReader {
  readonly name = 'fmp4-live';
  readonly #socket: ViewerSocket;
  readonly #detach: () => void;
  /** Undefined until the first key frame, and after a break until the next one. */
  #times: PictureTimes | undefined;
  #sequenceNumber = 0;
  /** For a slow reader, since the last fragment; while there are some, only a key frame goes on. */
  #droppedFrames = 0;
  /** The pictures to begin with come all at once: what of them waits for the network still does not count. */
  #allowanceBytes = Number.POSITIVE_INFINITY;

  constructor(deps: { readonly hub: ReadableHub; readonly socket: ViewerSocket }) {
    this.#socket = deps.socket;
    const onBegun = (): void => {
      this.#allowanceBytes = this.#socket.bufferedBytes;
    };
    this.#detach = deps.hub.attach(this, { beginWith: 'gop', onBegun });
  }

  onAccessUnit(unit: AccessUnit): void {
    if (this.#times && !this.#times.continues(unit)) this.#endRun();
    const isLagging = this.#droppedFrames > 0;
    if (!unit.isKeyFrame && (isLagging || !this.#times)) {
      if (isLagging) this.#droppedFrames++;
      return;
    }
    if (this.#isTooSlow()) {
      this.#droppedFrames += 1 + (this.#times?.drop() ?? 0);
      return;
    }
    if (isLagging) this.#sendJson({ type: 'lag', droppedFrames: this.#droppedFrames });
    this.#droppedFrames = 0;
    this.#times ??= this.#beginRun(unit);
    this.#sendFragments(this.#times.push(unit));
  }

  onDiscontinuity(): void {
    this.#endRun();
  }

  #isTooSlow(): boolean {
    if (this.#allowanceBytes === Number.POSITIVE_INFINITY) return false;
    const { bufferedBytes } = this.#socket;
    this.#allowanceBytes = Math.min(this.#allowanceBytes, bufferedBytes);
    return bufferedBytes > MAX_BUFFERED_BYTES + this.#allowanceBytes;
  }

  #beginRun(unit: AccessUnit): PictureTimes {
    const { format } = unit;
    this.#sendJson({
      type: 'start',
      mimeType: `video/mp4; codecs="${format.codecString}"`,
      widthPx: format.widthPx,
      heightPx: format.heightPx,
      startTime: new Date(unit.wallMs).toISOString(),
    });
    this.#socket.sendBinary(buildInitSegment(format));
    this.#sequenceNumber = 0;
    return new PictureTimes(unit);
  }

  /** What is held back goes out still: it may be the last picture for a while. */
  #endRun(): void {
    const times = this.#times;
    this.#times = undefined;
    if (times) this.#sendFragments(times.flush());
  }

  #sendFragments(pictures: readonly TimedPicture[]): void {
    for (const { unit, decode90k, duration90k, compositionOffset90k } of pictures) {
      const { nalUnits, isKeyFrame } = unit;
      const sample = { nalUnits, isKeyFrame, duration90k, compositionOffset90k };
      this.#socket.sendBinary(buildFragment([sample], ++this.#sequenceNumber, decode90k));
    }
  }

  #sendJson(message: unknown): void {
    this.#socket.sendText(JSON.stringify(message));
  }

  close(): void {
    this.#detach();
  }
}
