import { expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { LiveTokens } from './live-tokens.ts';

test('a token holds for its camera and its time, and never longer than the session of its user', () => {
  const clock = new SimulatedClock();
  const tokens = new LiveTokens(clock);
  const user = { id: 'u', username: 'u', role: 'operator', expiresAtMs: clock.nowMs() + 120_000 } as const;
  const grant = { user, sessionToken: 's', cameraId: 'cam-1' };
  const short = tokens.issue(grant, 60_000);
  const long = tokens.issue(grant, 3_600_000);
  expect(tokens.find(short.token)?.cameraId).toBe('cam-1');
  expect(tokens.find(`${short.token}x`)).toBeUndefined();
  clock.advance(61_000);
  expect([tokens.find(short.token), tokens.find(long.token)?.cameraId]).toEqual([undefined, 'cam-1']);
  clock.advance(60_000);
  expect(tokens.find(long.token)).toBeUndefined();
});
