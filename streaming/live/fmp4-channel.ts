import type { StreamHub, StreamReader } from '#ingest/hub/stream-hub.ts';
import type { AccessUnit, VideoFormat } from '#ingest/media.ts';
import { buildFragment, buildInitSegment } from '#ingest/recorder/fmp4-boxes.ts';

/** A connection to one viewer, as the channel needs it. */
export interface ViewerSocket {
  sendText(text: string): void;
  sendBinary(data: Uint8Array): void;
  /** Bytes handed over and not yet on the wire. */
  readonly bufferedBytes: number;
}

/** More than this waiting for the network: the viewer is too slow, and picks up again at the next key frame. */
const MAX_BUFFERED_BYTES = 2_000_000;
/** A step of more than this, or backwards, starts the player anew. */
const MAX_STEP_90K = 90_000 * 10;

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
  #format: VideoFormat | undefined;
  #held: AccessUnit | undefined;
  #firstPts90k = 0;
  #lastDuration90k = 3600;
  #sequenceNumber = 1;
  #needsKeyFrame = true;
  #droppedFrames = 0;

  constructor(deps: { readonly hub: StreamHub; readonly socket: ViewerSocket }) {
    this.#socket = deps.socket;
    for (const unit of deps.hub.currentGop()) this.onAccessUnit(unit);
    this.#detach = deps.hub.attach(this);
  }

  onAccessUnit(unit: AccessUnit): void {
    if (this.#needsKeyFrame) {
      if (!unit.isKeyFrame) {
        this.#droppedFrames++;
        return;
      }
    }
    if (this.#socket.bufferedBytes > MAX_BUFFERED_BYTES) {
      this.#held = undefined;
      this.#needsKeyFrame = true;
      this.#droppedFrames++;
      return;
    }
    const previous = this.#held;
    const step90k = previous ? unit.pts90k - previous.pts90k : 0;
    if (unit.isKeyFrame && (unit.format !== this.#format || step90k < 0 || step90k > MAX_STEP_90K)) {
      this.#begin(unit);
    } else if (previous) {
      if (step90k > 0) this.#lastDuration90k = step90k;
      this.#sendFragment(previous, step90k > 0 ? step90k : this.#lastDuration90k);
    }
    if (this.#needsKeyFrame) {
      this.#needsKeyFrame = false;
      if (this.#droppedFrames > 0 && this.#sequenceNumber > 1)
        this.#sendJson({ type: 'lag', droppedFrames: this.#droppedFrames });
      this.#droppedFrames = 0;
    }
    this.#held = unit;
  }

  onDiscontinuity(): void {
    this.#held = undefined;
    this.#format = undefined;
    this.#needsKeyFrame = true;
  }

  #begin(unit: AccessUnit): void {
    const { format } = unit;
    this.#format = format;
    this.#firstPts90k = unit.pts90k;
    this.#sequenceNumber = 1;
    this.#sendJson({
      type: 'start',
      mimeType: `video/mp4; codecs="${format.codecString}"`,
      widthPx: format.widthPx,
      heightPx: format.heightPx,
      startTime: new Date(unit.wallMs).toISOString(),
    });
    this.#socket.sendBinary(buildInitSegment(format));
  }

  #sendFragment(unit: AccessUnit, duration90k: number): void {
    const fragment = buildFragment(
      [{ nalUnits: unit.nalUnits, isKeyFrame: unit.isKeyFrame, duration90k, compositionOffset90k: 0 }],
      this.#sequenceNumber++,
      Math.max(0, unit.pts90k - this.#firstPts90k),
    );
    this.#socket.sendBinary(fragment);
  }

  #sendJson(message: unknown): void {
    this.#socket.sendText(JSON.stringify(message));
  }

  close(): void {
    this.#detach();
  }
}
