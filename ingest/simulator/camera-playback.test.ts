import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { parseRtcp } from '../rtp/rtcp.ts';
import { parseRtpPacket } from '../rtp/rtp-packet.ts';
import { CameraPlayback } from './camera-playback.ts';
import type { Clip } from './clip.ts';
import { PacingWheel } from './pacing-wheel.ts';
import { SimulatedCamera } from './simulated-camera.ts';

const SPS = Buffer.from('Z0LACqYREJsBEAAAAwAQAAADACDxImEY', 'base64');
const PPS = Buffer.from('aMhCDyyA', 'base64');

/** 1 s at 10 pictures a second, a key frame every fifth. The second byte of each picture is its number. */
const clip: Clip = {
  format: { codec: 'h264', widthPx: 64, heightPx: 64, sps: SPS, pps: PPS, codecString: 'avc1.42c00a' },
  pictures: Array.from({ length: 10 }, (_, i) => ({
    nalUnits: [Buffer.from([i % 5 === 0 ? 0x65 : 0x41, i, 1, 2, 3])],
    isKeyFrame: i % 5 === 0,
    pts90k: i * 9000,
  })),
  duration90k: 90_000,
};

function play(phaseMs = 0) {
  const clock = new SimulatedClock();
  const epoch = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
  const options = { path: '/cam/1', clip, phaseMs, credentials: undefined, faults: [], epoch, clock };
  const camera = new SimulatedCamera(options);
  const network = { backlogSizeBytes: 0 };
  const sent: { picture: number; timestamp: number; atMs: number }[] = [];
  const reports: Buffer[] = [];
  const playback = new CameraPlayback({
    camera,
    sink: {
      get backlogSizeBytes() {
        return network.backlogSizeBytes;
      },
      sendRtp(packets) {
        const last = parseRtpPacket(packets.at(-1)!)!;
        sent.push({ picture: last.payload[1]!, timestamp: last.timestamp, atMs: clock.monotonicMs() });
      },
      sendRtcp: (packet) => reports.push(packet),
    },
    wheel: new PacingWheel(clock),
    clock,
    random: Math.random,
  });
  playback.start();
  return { clock, camera, network, sent, reports, playback };
}

describe('a playback', () => {
  it('begins with the next key frame of the phase it is in', () => {
    const { clock, sent } = play(130);
    clock.advance(1000);
    expect(sent.map(({ picture }) => picture)).toEqual([5, 6, 7, 8, 9, 0, 1]);
  });

  it('leaves pictures out up to the next key frame while the client is too slow', () => {
    const { clock, network, sent, playback } = play();
    clock.advance(210);
    network.backlogSizeBytes = 2 ** 21;
    clock.advance(100);
    network.backlogSizeBytes = 0;
    clock.advance(500);
    expect(sent.map(({ picture }) => picture)).toEqual([0, 1, 2, 5, 6, 7, 8]);
    expect(playback.droppedPictures).toBe(1);
  });

  it('sends a report at once and every five seconds, whose times map each picture to its place in the clip', () => {
    const { clock, camera, sent, reports } = play(200);
    clock.advance(10_020);
    expect(reports).toHaveLength(3);
    for (const report of reports) {
      const [notice] = parseRtcp(report);
      if (notice?.kind !== 'sender_report') throw new Error('no sender report');
      for (const { picture, timestamp } of sent) {
        const sinceReport = (timestamp - notice.rtpTimestamp) | 0;
        const position = camera.clipPositionMs(notice.wallMs + sinceReport / 90);
        expect(Math.round(position / 100) % 10).toBe(picture);
      }
    }
  });

  it('sends nothing at all while stalled, and goes on with a key frame', () => {
    const { clock, camera, sent, reports } = play();
    clock.advance(220);
    camera.setFault({ kind: 'stall' });
    clock.advance(10_000);
    expect([sent.length, reports.length]).toEqual([3, 1]);
    camera.setFault(null);
    clock.advance(700);
    expect(sent[3]?.picture).toBe(5);
  });
});
