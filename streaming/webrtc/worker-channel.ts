import { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import type { types } from 'mediasoup';

/** Where mediasoup has the pipe for what it sends to its process. */
const CHANNEL_FD = 3;
/** So much is not held back any longer: the process may begin with it. */
const HOLD_AT_MOST_BYTES = 128 * 1024;
/** Written packets lie in pages of this size. */
const PAGE_BYTES = 256 * 1024;
/** A process that took none of so much is stuck. */
const FULL_BYTES = 16 * 1024 * 1024;

/**
 * The pipe to a relay process, which mediasoup does not show: what is written within one turn of the event loop goes out in one
 * system call, in its order, and not in one for each packet.
 */
export class WorkerChannel {
  readonly #socket: Socket;
  #isHeld = false;
  #page = Buffer.allocUnsafeSlow(PAGE_BYTES);
  #pageUsedBytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Too much waits: what may be dropped should be. */
  get isFull(): boolean {
    return this.#socket.writableLength > FULL_BYTES;
  }

  /** What is written from now on, by mediasoup too, waits until all of this turn was done. */
  hold(): void {
    if (this.#isHeld && this.#socket.writableLength > HOLD_AT_MOST_BYTES) this.flush();
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#socket.cork();
    setImmediate(() => this.flush());
  }

  /** Idempotent. Sends what is held. */
  flush(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#socket.uncork();
    // The system has it all, so that its memory can be used again; else it is left to the socket.
    if (this.#socket.writableLength > 0) this.#page = Buffer.allocUnsafeSlow(PAGE_BYTES);
    this.#pageUsedBytes = 0;
  }

  /**
   * Only between `hold` and `flush`.
   * @param fill has to write whole messages, over all of the bytes
   */
  write(sizeBytes: number, fill: (target: Buffer, offset: number) => void): void {
    if (!this.#socket.writable) return;
    const isFit = this.#pageUsedBytes + sizeBytes <= PAGE_BYTES;
    const target = isFit ? this.#page : Buffer.allocUnsafeSlow(sizeBytes);
    const offset = isFit ? this.#pageUsedBytes : 0;
    if (isFit) this.#pageUsedBytes += sizeBytes;
    fill(target, offset);
    this.#socket.write(target.subarray(offset, offset + sizeBytes));
  }

  /** @returns what was written while `call` ran, each message by itself; it is sent nevertheless */
  overhear(call: () => void): readonly Uint8Array[] {
    const socket = this.#socket;
    const messages: Uint8Array[] = [];
    const before = Object.getOwnPropertyDescriptor(socket, 'write');
    const write: (...args: Parameters<Socket['write']>) => boolean = socket.write.bind(socket);
    Object.defineProperty(socket, 'write', {
      configurable: true,
      value: (...args: Parameters<Socket['write']>) => {
        const [chunk]: readonly unknown[] = args;
        if (chunk instanceof Uint8Array) messages.push(chunk);
        return write(...args);
      },
    });
    try {
      call();
    } finally {
      Reflect.deleteProperty(socket, 'write');
      if (before) Object.defineProperty(socket, 'write', before);
    }
    return messages;
  }
}

/**
 * @param create mediasoup's `createWorker`, which starts the process before it returns
 * @returns the channel is undefined where mediasoup starts its process in another way than the version that we know
 */
export async function createWorkerWithChannel(
  create: () => Promise<types.Worker>,
): Promise<{ readonly worker: types.Worker; readonly channel: WorkerChannel | undefined }> {
  const started: ChildProcess[] = [];
  const onChild = (message: unknown): void => {
    const { process: child } = message as { readonly process?: unknown };
    if (child instanceof ChildProcess) started.push(child);
  };
  subscribe('child_process', onChild);
  let creating: Promise<types.Worker>;
  try {
    creating = create();
  } finally {
    unsubscribe('child_process', onChild);
  }
  const worker = await creating;
  const socket = started.find(({ pid }) => pid === worker.pid)?.stdio[CHANNEL_FD];
  return { worker, channel: socket instanceof Socket ? new WorkerChannel(socket) : undefined };
}
