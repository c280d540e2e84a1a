import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MediaTimeline } from './media-timeline.ts';
import { buildReceiverReport, ntpToWallMs, parseRtcp } from './rtcp.ts';
import { SenderClock } from './sender-clock.ts';
import { SequenceTracker } from './sequence-tracker.ts';

function senderReport(wallMs: number, rtpTimestamp: number): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(0x80c80006, 0);
  bytes.writeUInt32BE(42, 4);
  const seconds = wallMs / 1000 + 2_208_988_800;
  bytes.writeUInt32BE(Math.floor(seconds), 8);
  bytes.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), 12);
  bytes.writeUInt32BE(rtpTimestamp, 16);
  return bytes;
}

describe('sequence numbers', () => {
  test('count losses across the wrap and leave out late and double packets', () => {
    const tracker = new SequenceTracker();
    const steps = [65_533, 65_534, 2, 1, 2, 3].map((one) => tracker.push(one));
    expect(steps.map((step) => step.lost)).toEqual([0, 0, 3, 0, 0, 0]);
    expect(steps.map((step) => step.isNew)).toEqual([true, true, true, false, false, true]);
    expect(tracker.report()).toMatchObject({ cumulativeLost: 3, extendedHighest: 65_539, fractionLost: 109 });
    expect(tracker.report().fractionLost).toBe(0);
  });

  test('begin anew when the sender jumps', () => {
    const tracker = new SequenceTracker();
    tracker.push(10);
    expect(tracker.push(40_000)).toEqual({ lost: 1, isNew: true });
    expect(tracker.push(40_001)).toEqual({ lost: 0, isNew: true });
  });
});

describe('RTCP', () => {
  test('reads a sender report and a goodbye of one compound packet', () => {
    const bye = Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 42]);
    const notices = parseRtcp(Buffer.concat([senderReport(1_700_000_000_250, 90_000), bye]));
    expect(notices).toMatchObject([
      { kind: 'sender_report', ssrc: 42, wallMs: 1_700_000_000_250, rtpTimestamp: 90_000 },
      { kind: 'bye', ssrc: 42 },
    ]);
  });

  test('reads times behind the end of the first NTP era in 2036', () => {
    expect(ntpToWallMs(0, 0)).toBe(Date.UTC(2036, 1, 7, 6, 28, 16));
  });

  test('writes receiver reports that are whole compound packets', () => {
    const bytes = buildReceiverReport({
      receiverSsrc: 1,
      senderSsrc: 2,
      fractionLost: 3,
      cumulativeLost: 4,
      extendedHighest: 5,
      jitter: 6,
      lastReportNtpMiddle: 7,
      delaySinceLastReportMs: 1000,
    });
    expect(bytes.length % 4).toBe(0);
    expect(bytes.readUInt32BE(28)).toBe(65_536);
    expect(bytes.readUInt8(33)).toBe(202);
    expect(32 + (bytes.readUInt16BE(34) + 1) * 4).toBe(bytes.length);
  });

  test('takes any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (random) => {
        parseRtcp(Buffer.from(random));
        parseRtcp(Buffer.concat([Buffer.from([0x80, 200, 0, random.length % 9]), random]));
      }),
    );
  });
});

describe('media time', () => {
  test('goes on across the wrap of the time stamps and back for pictures out of order', () => {
    const timeline = new MediaTimeline();
    const stamps = [0xffff_ff00, (0xffff_ff00 + 7200) >>> 0, (0xffff_ff00 + 3600) >>> 0, (0xffff_ff00 + 14_400) >>> 0];
    expect(stamps.map((stamp, index) => timeline.pts90k(stamp, index * 40))).toEqual([0, 7200, 3600, 14_400]);
  });

  test('passes over a clock that was set anew by the time that passed', () => {
    const timeline = new MediaTimeline();
    timeline.pts90k(1000, 0);
    expect(timeline.pts90k(1000 + 50_000_000, 40)).toBe(3600);
    expect(timeline.pts90k(1000 + 50_003_600, 80)).toBe(7200);
    expect(timeline.pts90k(500, 120)).toBe(10_800);
    expect(timeline.jumps).toBe(2);
  });

  test('keeps a true pause as long as it was', () => {
    const timeline = new MediaTimeline();
    timeline.pts90k(0, 0);
    expect(timeline.pts90k(20 * 90_000, 20_000)).toBe(20 * 90_000);
    expect(timeline.jumps).toBe(0);
  });

  test('counts pictures at their rate where the time stamps stand still, and lets arrival correct it', () => {
    const steady = new MediaTimeline();
    const times = [0, 1, 41, 79, 121].map((arrivedMs) => steady.pts90k(7, arrivedMs, 3600));
    expect(times).toEqual([0, 3600, 7200, 10_800, 14_400]);
    const slow = new MediaTimeline();
    let last = 0;
    for (let index = 0; index <= 100; index++) last = slow.pts90k(7, index * 100, 3600);
    expect(Math.abs(last - 100 * 9000)).toBeLessThanOrEqual(45_000);
  });
});

describe('wall time', () => {
  test('follows sender reports of a camera whose clock is right', () => {
    const clock = new SenderClock();
    clock.senderReport(1_000_000, 0, 1_000_300);
    expect(clock.wallMs(0, 1_000_300)).toBe(1_000_000);
    expect(clock.wallMs(3600, 1_000_900)).toBe(1_000_040);
    expect(clock.followsSender).toBe(true);
  });

  test('anchors at arrival when the camera’s clock is more than 5 s off', () => {
    const clock = new SenderClock();
    clock.senderReport(1_000_000, 0, 1_005_001);
    expect(clock.followsSender).toBe(false);
    expect(clock.wallMs(0, 1_005_001)).toBe(1_005_001);
  });

  test('does not let one late packet shift the times', () => {
    const clock = new SenderClock();
    for (let index = 0; index < 200; index++) clock.wallMs(index * 3600, 5000 + index * 40);
    const late = clock.wallMs(200 * 3600, 5000 + 200 * 40 + 700);
    expect(late).toBeLessThan(5000 + 200 * 40 + 10);
  });

  test('never goes back, whatever reports and arrivals say', () => {
    const step = fc.record({
      arrival: fc.integer({ min: 0, max: 400 }),
      report: fc.option(fc.integer({ min: -4000, max: 4000 })),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 100 }), (steps) => {
        const clock = new SenderClock();
        let arrivedMs = 1_000_000;
        let lastMs = 0;
        for (const [index, one] of steps.entries()) {
          arrivedMs += one.arrival;
          if (one.report !== null) clock.senderReport(arrivedMs + one.report, index * 3600, arrivedMs);
          const wallMs = clock.wallMs(index * 3600, arrivedMs);
          expect(wallMs).toBeGreaterThanOrEqual(lastMs);
          lastMs = wallMs;
        }
      }),
    );
  });
});

test('time stamps that run away do not bring pictures of the future', () => {
  const timeline = new MediaTimeline();
  const clock = new SenderClock();
  const times = Array.from({ length: 500 }, (_, index) => {
    const nowMs = 1_700_000_000_000 + index * 40;
    return clock.wallMs(timeline.pts90k((index * 9 * 90_000) >>> 0, index * 40), nowMs) - nowMs;
  });
  expect(Math.max(...times)).toBeLessThanOrEqual(10_000);
});
