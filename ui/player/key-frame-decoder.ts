/** Each is a decoder of the browser's own; more at once would only wait for each other. */
const decodersAtOnce = 8;
const decodeWithinMs = 2_000;

const supported = new Map<string, Promise<VideoDecoderConfig | undefined>>();
const waiting: (() => void)[] = [];
let decoding = 0;

/** A lone picture is decoded faster than a hardware decoder is set up, and of those there are only a few. */
async function findConfig(codec: string): Promise<VideoDecoderConfig | undefined> {
  for (const hardwareAcceleration of ['prefer-software', 'no-preference'] as const) {
    const config = { codec, optimizeForLatency: true, hardwareAcceleration };
    const found = await VideoDecoder.isConfigSupported(config).catch(() => undefined);
    if (found?.supported) return config;
  }
  return undefined;
}

/**
 * Decodes one key frame in the page.
 *
 * @param codec RFC 6381
 * @param bytes Annex B, with its parameter sets
 * @returns undefined where this browser cannot: no WebCodecs (they need a secure origin), not this codec, or a picture that it does not take
 */
export async function decodeKeyFrame(
  codec: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<HTMLCanvasElement | undefined> {
  if (!('VideoDecoder' in globalThis)) return undefined;
  const known = supported.get(codec) ?? findConfig(codec);
  supported.set(codec, known);
  const config = await known;
  if (!config) return undefined;
  if (decoding >= decodersAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  decoding += 1;
  try {
    return await decodeOne(config, bytes);
  } finally {
    decoding -= 1;
    waiting.shift()?.();
  }
}

function decodeOne(config: VideoDecoderConfig, bytes: Uint8Array<ArrayBuffer>): Promise<HTMLCanvasElement | undefined> {
  return new Promise((resolve) => {
    let isSettled = false;
    const settle = (canvas: HTMLCanvasElement | undefined): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      if (decoder.state !== 'closed') decoder.close();
      resolve(canvas);
    };
    const decoder = new VideoDecoder({
      output: (frame) => {
        const canvas = draw(frame, frame.displayWidth, frame.displayHeight);
        frame.close();
        settle(canvas);
      },
      error: () => settle(undefined),
    });
    const timer = setTimeout(() => settle(undefined), decodeWithinMs);
    try {
      decoder.configure(config);
      decoder.decode(new EncodedVideoChunk({ type: 'key', timestamp: 0, data: bytes }));
    } catch {
      return settle(undefined);
    }
    // A decoder gives a picture that it holds back for the order of showing when it is told that no other follows.
    void decoder
      .flush()
      .catch(() => undefined)
      .finally(() => settle(undefined));
  });
}

/** @returns undefined when the browser has no memory for it */
export function draw(picture: CanvasImageSource, widthPx: number, heightPx: number): HTMLCanvasElement | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = widthPx;
  canvas.height = heightPx;
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return undefined;
  context.drawImage(picture, 0, 0, widthPx, heightPx);
  return canvas;
}
