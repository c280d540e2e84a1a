import { describe, expect, it } from 'vitest';
import { FramePool } from './frame-pool.ts';

describe('the frame pool', () => {
  it('lends memory of the exact size and takes the same memory again', () => {
    const pool = new FramePool({ maxSizeBytes: 1000 });
    const first = pool.lend(300)!;
    expect(first.buffer.byteLength).toBe(300);
    first.release();
    expect(pool.lend(300)?.buffer).toBe(first.buffer);
  });

  it('refuses, and counts, what goes beyond its bound while all is lent', () => {
    const pool = new FramePool({ maxSizeBytes: 1000 });
    const lent = [pool.lend(400), pool.lend(400), pool.lend(400)];
    expect(lent.map((one) => one !== undefined)).toEqual([true, true, false]);
    expect(pool.refusals).toBe(1);
    lent[0]?.release();
    expect(pool.lend(400)).toBeDefined();
  });

  it('gives up idle memory of one size for another', () => {
    const pool = new FramePool({ maxSizeBytes: 1000 });
    for (const one of [pool.lend(400), pool.lend(400)]) one?.release();
    expect(pool.lend(900)?.buffer.byteLength).toBe(900);
    expect(pool.totalSizeBytes).toBe(900);
  });

  it('takes memory back once only', () => {
    const pool = new FramePool({ maxSizeBytes: 1000 });
    const one = pool.lend(500)!;
    one.release();
    one.release();
    expect(pool.lentCount).toBe(0);
    expect(new Set([pool.lend(500)?.buffer, pool.lend(500)?.buffer]).size).toBe(2);
  });
});
