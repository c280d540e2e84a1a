import type { ServerResponse } from 'node:http';
import type { FrameAnalysis } from '#analyzers/ports.ts';

/** A reader that takes nothing for this many bytes is cut off; the browser connects again by itself. */
const MAX_BUFFERED_BYTES = 1_000_000;
const KEEPALIVE_MS = 15_000;

interface Client {
  readonly response: ServerResponse;
  readonly detectionCameras: ReadonlySet<string>;
  mayReceive(name: FeedName): boolean;
}

export type FeedName = 'event' | 'camera' | 'acknowledged' | 'detections';

/**
 * Server-sent events to browsers: stored events, camera states, and boxes of the cameras asked for.
 * @see WHATWG HTML §9.2
 */
export class LiveFeed {
  readonly #clients = new Set<Client>();
  readonly #keepalive: NodeJS.Timeout;

  constructor() {
    this.#keepalive = setInterval(() => {
      for (const client of this.#clients) this.#write(client, ': keep-alive\n\n');
    }, KEEPALIVE_MS);
    this.#keepalive.unref();
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  add(client: Client): void {
    this.#clients.add(client);
    client.response.on('close', () => this.#clients.delete(client));
    this.#write(client, 'retry: 2000\n: connected\n\n');
  }

  send(name: Exclude<FeedName, 'detections'>, data: unknown, id?: string): void {
    const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const client of this.#clients) if (client.mayReceive(name)) this.#write(client, text);
  }

  sendDetections(analysis: FrameAnalysis): void {
    let text: string | undefined;
    for (const client of this.#clients) {
      if (!client.detectionCameras.has(analysis.cameraId) || !client.mayReceive('detections')) continue;
      text ??= `event: detections\ndata: ${JSON.stringify(detectionsMessage(analysis))}\n\n`;
      this.#write(client, text);
    }
  }

  #write(client: Client, text: string): void {
    if (client.response.writableLength > MAX_BUFFERED_BYTES) {
      client.response.destroy();
      this.#clients.delete(client);
      return;
    }
    client.response.write(text);
  }

  close(): void {
    clearInterval(this.#keepalive);
    for (const client of this.#clients) client.response.end();
    this.#clients.clear();
  }
}

function detectionsMessage(analysis: FrameAnalysis): unknown {
  return {
    cameraId: analysis.cameraId,
    time: new Date(analysis.timeMs).toISOString(),
    detections: analysis.detections,
    plates: analysis.plates.map(({ text, confidence, colour, box }) => ({ text, confidence, colour, box })),
    hygiene: analysis.hygiene.map(({ item, state, box }) => ({ item, state, box })),
  };
}
