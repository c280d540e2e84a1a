import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Where browsers are told that the media is: another address of this machine, with only this gate behind it. */
export const GATE_ADDRESS = '127.0.0.2';

/** What a narrow line keeps waiting; what comes then is lost. */
const LONGEST_QUEUE_MS = 400;

/**
 * A network between browser and relay that can be cut, or made narrow on its way to the browser: passes datagrams on to the relay's port on 127.0.0.1 and back. TCP
 * finds nobody here.
 */
export class MediaGate {
  readonly #front: Socket;
  readonly #backs = new Map<string, Socket>();
  #isOpen = true;
  #passed = 0;
  #bitsPerSecond = Number.POSITIVE_INFINITY;
  /** When all that was let onto the narrow line has left it. */
  #freeAtMs = 0;

  private constructor(front: Socket, port: number) {
    this.#front = front;
    front.on('message', (message, { address, port: from }) => {
      if (this.#isOpen) this.#back(address, from).send(message, port, '127.0.0.1');
    });
  }

  /** @param port of the relay, the same on both addresses */
  static async open(port: number): Promise<MediaGate> {
    const front = createSocket('udp4');
    front.bind(port, GATE_ADDRESS);
    await once(front, 'listening');
    return new MediaGate(front, port);
  }

  /** A port that is free on all addresses just now. */
  static async freePort(): Promise<number> {
    const probe = createSocket('udp4');
    probe.bind(0);
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    await once(probe, 'close');
    return port;
  }

  /** Datagrams that came through from the relay. */
  get passed(): number {
    return this.#passed;
  }

  set isOpen(isOpen: boolean) {
    this.#isOpen = isOpen;
  }

  /** Of what goes to browsers; infinite: as it comes. */
  set bitsPerSecond(bitsPerSecond: number) {
    this.#bitsPerSecond = bitsPerSecond;
    this.#freeAtMs = 0;
  }

  close(): void {
    this.#front.close();
    for (const back of this.#backs.values()) back.close();
  }

  #back(address: string, from: number): Socket {
    const key = `${address}:${from}`;
    const known = this.#backs.get(key);
    if (known) return known;
    const back = createSocket('udp4');
    back.on('message', (message) => {
      if (!this.#isOpen) return;
      const startMs = Math.max(performance.now(), this.#freeAtMs);
      const waitMs = startMs - performance.now();
      if (waitMs > LONGEST_QUEUE_MS) return;
      this.#passed++;
      this.#freeAtMs = startMs + (message.length * 8000) / this.#bitsPerSecond;
      if (waitMs <= 0) this.#front.send(message, from, address);
      else setTimeout(() => this.#front.send(message, from, address), waitMs);
    });
    this.#backs.set(key, back);
    return back;
  }
}
