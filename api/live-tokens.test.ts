import { expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { LiveTokens } from './live-tokens.ts';

test('a token holds for its camera and its time, and never longer than the session of its user', () => {
  const clock = new SimulatedClock();
  const tokens = new LiveTokens(clock);
  const notAfterMs = clock.nowMs() + 120_000;
  const grant = { sessionToken: 's', cameraId: 'cam-1' };
  const short = tokens.issue(grant, { lifeMs: 60_000, notAfterMs });
  const long = tokens.issue(grant, { lifeMs: 3_600_000, notAfterMs });
  expect(tokens.find(short.token)?.cameraId).toBe('cam-1');
  expect(tokens.find(`${short.token}x`)).toBeUndefined();
  clock.advance(61_000);
  expect([tokens.find(short.token), tokens.find(long.token)?.cameraId]).toEqual([undefined, 'cam-1']);
  clock.advance(60_000);
  expect(tokens.find(long.token)).toBeUndefined();
});
