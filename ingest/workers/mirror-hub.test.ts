import { expect, test } from 'vitest';
import { StreamHub } from '../hub/stream-hub.ts';
import type { AccessUnit, AudioFrame } from '../media.ts';
import { makeRing, RingReader, RingWriter } from './media-ring.ts';
import { MirrorHub, type Wish } from './mirror-hub.ts';
import { StreamTap } from './stream-tap.ts';

const FORMAT = {
  codec: 'h264',
  widthPx: 16,
  heightPx: 16,
  sps: Buffer.of(1),
  pps: Buffer.of(2),
  codecString: 'avc1.42e01f',
} as const;
const SOUND = { codec: 'pcma', sampleRateHz: 8000, channels: 1, config: Buffer.of(), codecString: 'pcma' } as const;

/** Both ends, with what is under way between them held until it is let through. */
class Link {
  readonly hub = new StreamHub();
  readonly wishes: Wish[] = [];
  refused = 0;
  readonly #pending: Wish[] = [];
  readonly #ring: SharedArrayBuffer;
  readonly #reader: RingReader;
  readonly tap: StreamTap;
  readonly mirror: MirrorHub;

  constructor(ringBytes = 1024 * 1024) {
    this.#ring = makeRing(ringBytes);
    this.#reader = new RingReader(this.#ring, 0);
    this.tap = new StreamTap({
      streamNumber: 1,
      hub: this.hub,
      ring: new RingWriter(this.#ring),
      tell: () => undefined,
      onRefused: () => this.refused++,
    });
    this.mirror = new MirrorHub({
      want: (wish) => {
        this.wishes.push(wish);
        this.#pending.push(wish);
      },
      askKeyFrame: async () => this.hub.latestKeyFrame(),
      codecString: () => undefined,
      onReaderError: () => undefined,
    });
  }

  /** Wishes arrive in the ingest thread. */
  ask(): void {
    for (const wish of this.#pending.splice(0))
      this.tap.want({ kind: 'want', cameraId: 'a' as never, stream: 'main', ...wish });
  }

  /** Pictures arrive in the main thread. */
  deliver(): void {
    this.#reader.drain((entry) => this.mirror.take(entry));
  }

  flow(): void {
    this.ask();
    this.deliver();
  }

  /** Key frames are the multiples of 10. */
  publish(from: number, to: number, sizeBytes = 10): void {
    for (let pts90k = from; pts90k <= to; pts90k++) {
      const isKeyFrame = pts90k % 10 === 0;
      const nalUnits = [Buffer.alloc(sizeBytes)];
      const unit: AccessUnit = {
        format: FORMAT,
        pts90k,
        wallMs: 0,
        arrivedMs: performance.now(),
        isKeyFrame,
        nalUnits,
        sizeBytes,
        damaged: false,
      };
      this.hub.publish(unit);
    }
  }

  read(
    options: Parameters<MirrorHub['attach']>[1],
    onAudioFrame?: (frame: AudioFrame) => void,
  ): { readonly seen: (number | string)[]; readonly detach: () => void } {
    const seen: (number | string)[] = [];
    const detach = this.mirror.attach(
      {
        name: 'test',
        onAccessUnit: (unit) => void seen.push(unit.pts90k),
        onDiscontinuity: (cause) => void seen.push(cause),
        ...(onAudioFrame ? { onAudioFrame } : {}),
      },
      { ...options, onBegun: () => void seen.push('begun') },
    );
    return { seen, detach };
  }
}

test('nothing crosses while nobody reads; a reader gets the group it begins in, then each unit once', () => {
  const link = new Link();
  link.publish(10, 13);
  link.flow();
  expect(link.wishes).toEqual([]);
  expect(link.hub.readers).toEqual([]);
  const one = link.read({ beginWith: 'gop' });
  link.publish(14, 14);
  link.ask();
  link.publish(15, 15);
  link.deliver();
  link.publish(16, 21);
  link.deliver();
  expect(one.seen).toEqual([10, 11, 12, 13, 14, 'begun', 15, 16, 17, 18, 19, 20, 21]);
  // The second is served from here, at once.
  const two = link.read({ beginWith: 'gop' });
  expect(two.seen).toEqual([20, 21, 'begun']);
  link.publish(22, 22);
  link.flow();
  expect([one.seen.at(-1), two.seen.at(-1)]).toEqual([22, 22]);
  one.detach();
  two.detach();
  two.detach();
  link.flow();
  expect(link.wishes.at(-1)?.units).toBe('nothing');
  expect(link.hub.readers).toEqual([]);
});

test('key frames alone cross for those who want no more, and a reader of all beside them loses nothing', () => {
  const link = new Link();
  link.publish(10, 13);
  const keys = link.read({ units: 'key-frames', beginWith: 'key-frame' });
  link.flow();
  link.publish(14, 25);
  link.deliver();
  expect(keys.seen).toEqual([10, 'begun', 20]);
  const all = link.read({ beginWith: 'gop' });
  link.publish(26, 30);
  link.flow();
  link.publish(31, 32);
  link.deliver();
  expect(all.seen).toEqual([30, 'begun', 31, 32]);
  // Those that came before the wish did are not lost for the one that was there.
  expect(keys.seen).toEqual([10, 'begun', 20, 30]);
  all.detach();
  link.publish(33, 41);
  link.flow();
  link.publish(42, 51);
  link.deliver();
  expect(keys.seen).toEqual([10, 'begun', 20, 30, 40, 50]);
  expect(all.seen).toEqual([30, 'begun', 31, 32]);
});

test('a reader that leaves and comes back at once never sees half a group', () => {
  const link = new Link();
  link.publish(10, 12);
  const first = link.read({ beginWith: 'gop' });
  link.flow();
  first.detach();
  const second = link.read({ beginWith: 'gop' });
  // Still of the first wish.
  link.publish(13, 14);
  link.deliver();
  expect(second.seen).toEqual([]);
  link.flow();
  link.publish(15, 15);
  link.deliver();
  expect(second.seen).toEqual([10, 11, 12, 13, 14, 'begun', 15]);
});

test('sound crosses while somebody listens, and asking for it does not disturb the pictures', () => {
  const link = new Link();
  link.publish(10, 11);
  const all = link.read({ beginWith: 'gop' });
  link.flow();
  const frame: AudioFrame = { format: SOUND, pts90k: 1, wallMs: 2, samples: 160, bytes: Buffer.alloc(160) };
  link.hub.publishAudio(frame);
  link.publish(12, 12);
  const heard: AudioFrame[] = [];
  const listener = link.read({ beginWith: 'gop' }, (one) => void heard.push(one));
  link.publish(13, 13);
  link.flow();
  link.hub.publishAudio(frame);
  link.publish(14, 14);
  link.deliver();
  expect(heard).toEqual([frame]);
  expect(all.seen).toEqual([10, 11, 'begun', 12, 13, 14]);
  expect(listener.seen).toEqual([10, 11, 'begun', 12, 13, 14]);
});

test('a break is told; on another thread everything that is read is asked for again', () => {
  const link = new Link();
  link.publish(10, 11);
  const one = link.read({ beginWith: 'gop' });
  link.flow();
  link.hub.signalDiscontinuity('stream_stalled');
  link.deliver();
  link.mirror.renew();
  link.publish(20, 21);
  link.flow();
  link.publish(22, 22);
  link.deliver();
  expect(one.seen.filter((entry) => entry !== 20 && entry !== 21)).toEqual([10, 11, 'begun', 'stream_stalled', 22]);
});

test('a main thread that stands still loses pictures up to a key frame, and the ingest thread does not wait', () => {
  const link = new Link(8192);
  link.publish(10, 10);
  const one = link.read({ beginWith: 'gop' });
  link.flow();
  link.publish(11, 400, 200);
  expect(link.refused).toBeGreaterThan(0);
  link.deliver();
  const lastBefore = Number(one.seen.at(-1));
  link.publish(401, 412, 200);
  link.deliver();
  const after = one.seen.slice(one.seen.indexOf(lastBefore) + 1);
  expect(after[0]).toBe(410);
  expect(after).toEqual([410, 411, 412]);
});

test('the latest key frame is fetched when nobody reads, and known when somebody does', async () => {
  const link = new Link();
  expect(await link.mirror.latestKeyFrame()).toBeUndefined();
  link.publish(10, 13);
  expect((await link.mirror.latestKeyFrame())?.pts90k).toBe(10);
  link.read({ units: 'key-frames' });
  link.flow();
  link.publish(20, 21);
  link.deliver();
  expect((await link.mirror.latestKeyFrame())?.pts90k).toBe(20);
});
