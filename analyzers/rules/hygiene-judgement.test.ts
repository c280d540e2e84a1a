import { describe, expect, it } from 'vitest';
import { HygieneJudgement, type HygieneVerdict } from './hygiene-judgement.ts';

/** One letter for a picture: v violation, . fine, ? cannot be told, and a blank for no picture at all. */
function judge(
  judgement: HygieneJudgement,
  states: string,
  stepMs = 1000,
  startMs = 0,
): (HygieneVerdict & { atMs: number })[] {
  return states.split('').flatMap((letter, index) => {
    if (letter === ' ') return [];
    const state = letter === 'v' ? 'violation' : letter === '?' ? 'unknown' : 'fine';
    const atMs = startMs + index * stepMs;
    const verdict = judgement.update({ state, score: 0.9 }, atMs);
    return verdict ? [{ ...verdict, atMs }] : [];
  });
}

const phases = (verdicts: readonly HygieneVerdict[]): string[] => verdicts.map(({ phase }) => phase);
const usual = (): HygieneJudgement => new HygieneJudgement({ graceMs: 20_000 });

describe('HygieneJudgement', () => {
  it('opens when most of the grace time shows it, and closes when it has stayed away', () => {
    const verdicts = judge(usual(), `${'.'.repeat(30)}${'v'.repeat(40)}${'.'.repeat(60)}`);
    expect(phases(verdicts)).toEqual(['opened', 'closed']);
    expect(verdicts[0]).toMatchObject({ sinceMs: 30_000 });
    // 70 % of 20 s must be fine, then it must stay away for 20 s.
    expect(verdicts[1]).toMatchObject({ sinceMs: 30_000, untilMs: 69_000 });
    expect(verdicts[1]?.atMs).toBeGreaterThan(100_000);
  });

  it('opens once through flicker, and goes on when it comes back soon', () => {
    expect(phases(judge(usual(), `${'vvvv.'.repeat(30)}`))).toEqual(['opened']);
    expect(phases(judge(usual(), `${'v'.repeat(30)}${'.'.repeat(18)}${'v'.repeat(30)}`))).toEqual(['opened']);
  });

  it('closes although a false alarm or two fall into the wait', () => {
    const verdicts = judge(usual(), `${'v'.repeat(30)}${'.'.repeat(20)}v${'.'.repeat(40)}`);
    expect(phases(verdicts)).toEqual(['opened', 'closed']);
  });

  it('does not take a gap in the stream for agreement', () => {
    // Three pictures at each end of a gap would agree, but of the time between them nothing is known.
    expect(judge(usual(), `vvv${' '.repeat(17)}vvv`)).toEqual([]);
    expect(phases(judge(usual(), `vvv${' '.repeat(17)}${'v'.repeat(20)}`))).toEqual(['opened']);
  });

  it('does not close in a gap, nor while nothing can be told', () => {
    expect(phases(judge(usual(), `${'v'.repeat(25)}${' '.repeat(100)}.`))).toEqual(['opened']);
    expect(phases(judge(usual(), `${'v'.repeat(25)}${'?'.repeat(100)}.`))).toEqual(['opened']);
  });

  it('works with pictures that come as rarely as every eight seconds', () => {
    expect(phases(judge(usual(), 'vvvvv', 8000))).toEqual(['opened']);
  });

  it('takes three pictures at least, however short the grace time', () => {
    const brief = new HygieneJudgement({ graceMs: 1000 });
    const verdicts = judge(brief, '..vv.vvvv');
    expect(verdicts).toMatchObject([{ phase: 'opened', atMs: 7000 }]);
  });

  it('goes on with what was open before, without opening it again', () => {
    const judgement = usual();
    judgement.resume(5000);
    const verdicts = judge(judgement, `${'v'.repeat(60)}${'.'.repeat(60)}`, 1000, 100_000);
    expect(verdicts).toMatchObject([{ phase: 'closed', sinceMs: 5000 }]);
  });

  it('starts over when the clock of the pictures jumps back', () => {
    const judgement = usual();
    expect(judge(judgement, 'v'.repeat(10), 1000, 1_000_000)).toEqual([]);
    expect(judge(judgement, 'v'.repeat(10), 1000, 0)).toEqual([]);
    expect(phases(judge(judgement, 'v'.repeat(20), 1000, 10_000))).toEqual(['opened']);
  });

  it('opens at once for what many pictures told together, and once only', () => {
    const judgement = usual();
    expect(judge(judgement, '?.?.'.repeat(8))).toEqual([]);
    const held = { state: 'violation', score: 0.64, sinceMs: 12_000 } as const;
    expect(judgement.update({ ...held, sinceMs: 13_000 }, 32_000)).toBeUndefined();
    expect(judgement.update(held, 33_000)).toEqual({ phase: 'opened', sinceMs: 12_000, score: 0.64 });
    expect(judgement.update(held, 34_000)).toBeUndefined();
    expect(phases(judge(judgement, '.'.repeat(60), 1000, 35_000))).toEqual(['closed']);
  });
});
