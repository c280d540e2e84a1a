import type { types } from 'mediasoup';
import { framedSizeBytes, frameNumber, frameOf, isFramed, type MessageFrame, writeFramed } from './message-frame.ts';
import type { WorkerChannel } from './worker-channel.ts';

interface Learned {
  readonly frame: MessageFrame;
  /** A second message of mediasoup was just what we would have written. */
  isConfirmed: boolean;
}

/**
 * Hands RTP packets to a producer of a direct transport. mediasoup builds a message for each byte by byte, and writes each by
 * itself: most of what a camera in the relay costs us. So the first messages of each form are mediasoup's own; when two
 * of them have shown what stands around a packet, those that follow are put together here, all of a picture in one buffer.
 * Whatever differs from what was learned stays mediasoup's.
 */
export class ProducerFeed {
  readonly #producer: types.Producer;
  readonly #channel: WorkerChannel | undefined;
  readonly #learned = new Map<number, Learned>();

  constructor(producer: types.Producer, channel: WorkerChannel | undefined) {
    this.#producer = producer;
    this.#channel = channel;
  }

  /** The process does not take what it is sent: pictures should be dropped. */
  get isFull(): boolean {
    return this.#channel?.isFull ?? false;
  }

  /** @param packets RTP, of one picture or more, in order */
  send(packets: readonly Buffer[]): void {
    const channel = this.#channel;
    if (!channel) {
      for (const packet of packets) this.#producer.send(packet);
      return;
    }
    channel.hold();
    let run: { readonly frame: MessageFrame; readonly packet: Buffer }[] = [];
    for (const packet of packets) {
      const learned = this.#learned.get(frameNumber(packet.length));
      if (learned?.isConfirmed) {
        run.push({ frame: learned.frame, packet });
        continue;
      }
      writeRun(channel, run);
      run = [];
      this.#learn(channel, packet, learned);
    }
    writeRun(channel, run);
  }

  #learn(channel: WorkerChannel, packet: Buffer, learned: Learned | undefined): void {
    const [message, ...others] = channel.overhear(() => this.#producer.send(packet));
    if (!message || others.length > 0) return;
    const number = frameNumber(packet.length);
    if (learned && isFramed(message, learned.frame, packet)) {
      learned.isConfirmed = true;
      return;
    }
    const frame = frameOf(message, packet);
    if (frame) this.#learned.set(number, { frame, isConfirmed: false });
    else this.#learned.delete(number);
  }
}

function writeRun(
  channel: WorkerChannel,
  run: readonly { readonly frame: MessageFrame; readonly packet: Buffer }[],
): void {
  if (run.length === 0) return;
  let sizeBytes = 0;
  for (const { frame, packet } of run) sizeBytes += framedSizeBytes(frame, packet);
  channel.write(sizeBytes, (target, offset) => {
    let at = offset;
    for (const { frame, packet } of run) at = writeFramed(target, at, frame, packet);
  });
}
